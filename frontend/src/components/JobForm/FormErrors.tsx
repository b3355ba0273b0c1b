import { forwardRef } from 'react';
import { useFormState, type FieldPath, type UseFormReturn } from 'react-hook-form';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { ErrorSummary, type SummaryEntry } from '@/components/JobForm/ErrorSummary';
import { flatErrors } from '@/components/JobForm/flatErrors';
import type { ProblemError } from '@/services/problem';
import type { JobValues } from '@/utils/jobForm';

interface Props {
  form: UseFormReturn<JobValues>;
  problem: ProblemError | null;
  /** What the server said about no field of this form. */
  rest: string[];
}

/** After an attempt to submit: what is to be mended, with the way to each field. */
export const FormErrors = forwardRef<HTMLDivElement, Props>(function FormErrors(
  { form, problem, rest },
  ref,
) {
  const { errors, submitCount } = useFormState({ control: form.control });
  if (problem?.fields.length === 0) {
    return (
      <div ref={ref} tabIndex={-1}>
        <ErrorAlert problem={problem} />
      </div>
    );
  }
  const entries: SummaryEntry[] = [
    ...flatErrors(errors).map(({ path, label, message }) => ({
      label,
      message,
      onGo: () => goTo(form, path),
    })),
    ...rest.map((message) => ({ label: null, message })),
  ];
  if (submitCount === 0 || entries.length === 0) return null;
  return <ErrorSummary ref={ref} entries={entries} />;
});

function goTo(form: UseFormReturn<JobValues>, path: string): void {
  if (path === 'command') document.querySelector<HTMLElement>('.cm-content')?.focus();
  else form.setFocus(path as FieldPath<JobValues>);
}

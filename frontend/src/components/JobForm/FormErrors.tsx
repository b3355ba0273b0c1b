import { forwardRef } from 'react';
import { TriangleAlert } from 'lucide-react';
import { useFormState, type FieldErrors, type FieldPath, type UseFormReturn } from 'react-hook-form';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { plural } from '@/utils/numbers';
import type { ProblemError } from '@/services/problem';
import { labelOf, NAMES, type JobValues } from '@/utils/submission';

interface Props {
  form: UseFormReturn<JobValues>;
  problem: ProblemError | null;
  /** What the server said about no field of this form. */
  rest: string[];
}

/** After an attempt to submit: what is to be corrected, with the way to each field. */
export const FormErrors = forwardRef<HTMLDivElement, Props>(function FormErrors(
  { form, problem, rest },
  ref,
) {
  const { errors, submitCount } = useFormState({ control: form.control });
  if (problem?.fields.length === 0) {
    return (
      <div ref={ref} tabIndex={-1} className="scroll-mt-20">
        <ErrorAlert problem={problem} />
      </div>
    );
  }
  const entries: SummaryEntry[] = [
    ...flatErrors(errors).map(({ path, message }) => ({
      label: labelAt(path),
      message,
      onGo: () => goTo(form, path),
    })),
    ...rest.map((message) => ({ label: null, message })),
  ];
  if (submitCount === 0 || entries.length === 0) return null;
  return <ErrorSummary ref={ref} entries={entries} />;
});

interface SummaryEntry {
  message: string;
  label: string | null;
  /** Puts the focus on the field; absent where no field is to blame. */
  onGo?: () => void;
}

/** Everything that keeps the form from being sent, in one place that takes the focus. */
const ErrorSummary = forwardRef<HTMLDivElement, { entries: SummaryEntry[] }>(function ErrorSummary(
  { entries },
  ref,
) {
  return (
    <div
      ref={ref}
      tabIndex={-1}
      role="alert"
      className="flex scroll-mt-20 gap-3 rounded-lg border border-failed/40 bg-failed-tint p-4"
    >
      <TriangleAlert aria-hidden size={20} className="mt-0.5 shrink-0 text-failed" />
      <div className="min-w-0">
        <h2 className="text-failed">
          {plural(entries.length, 'thing')} to correct before it can be submitted
        </h2>
        <ul className="mt-1">
          {entries.map(({ label, message, onGo }) => (
            <li key={`${label ?? ''} ${message}`} className="break-words">
              {onGo ? (
                <button
                  type="button"
                  onClick={onGo}
                  className="min-h-6 text-start underline underline-offset-2"
                >
                  {label}
                </button>
              ) : (
                label
              )}
              {label && ': '}
              {message}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
});

interface FlatError {
  /** "environment.2.name" */
  path: string;
  message: string;
}

/** The form's errors in the order of its fields, parts of fields included. */
function flatErrors(errors: FieldErrors<JobValues>): FlatError[] {
  return NAMES.flatMap((name) => below(name, errors[name]));
}

function below(path: string, error: unknown): FlatError[] {
  if (typeof error !== 'object' || error === null) return [];
  if ('message' in error && typeof error.message === 'string') return [{ path, message: error.message }];
  return Object.entries(error).flatMap(([part, each]) =>
    below(part === 'root' ? path : `${path}.${part}`, each),
  );
}

function labelAt(path: string): string {
  const row = /^environment\.(\d+)/.exec(path)?.[1];
  return row ? `${labelOf('environment')}, variable ${Number(row) + 1}` : labelOf(path);
}

function goTo(form: UseFormReturn<JobValues>, path: string): void {
  if (path === 'command') document.querySelector<HTMLElement>('.cm-content')?.focus();
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the form itself named this path
  else form.setFocus(path as FieldPath<JobValues>);
}

import { useEffect, useRef } from 'react';
import { zodResolver } from '@hookform/resolvers/zod';
import { useForm, useWatch, type Control, type UseFormRegister } from 'react-hook-form';
import { Send } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { Kbd } from '@/components/Common/Kbd';
import { ChangeableFields, DescriptionField, NameField, QueueField } from '@/components/JobForm/BasicFields';
import { AdvancedSection } from '@/components/JobForm/AdvancedSection';
import { CommandField } from '@/components/JobForm/CommandField';
import { FormErrors } from '@/components/JobForm/FormErrors';
import { KindSwitch } from '@/components/JobForm/KindSwitch';
import { TemplateMenu } from '@/components/JobForm/TemplateMenu';
import type { Template } from '@/components/JobForm/templates';
import { useServerErrors } from '@/components/JobForm/useServerErrors';
import { useToasts } from '@/contexts/ToastContext';
import type { ProblemError } from '@/services/problem';
import { jobSchema } from '@/utils/jobSchema';
import { NAMES, type EditValues, type JobValues } from '@/utils/submission';

interface Props {
  defaults: JobValues;
  busy: boolean;
  /** What the server said to the last attempt to submit. */
  problem: ProblemError | null;
  onSubmit: (values: JobValues) => void;
  onCopy: (values: JobValues) => void;
}

export function JobForm({ defaults, busy, problem, onSubmit, onCopy }: Props) {
  const form = useForm<JobValues>({
    resolver: zodResolver(jobSchema),
    defaultValues: defaults,
    mode: 'onTouched',
    shouldFocusError: false,
  });
  const { register, control, handleSubmit, getValues, setError, reset } = form;
  const { show } = useToasts();
  const summary = useRef<HTMLDivElement>(null);
  const kind = useWatch({ control, name: 'kind' });
  const { rest } = useServerErrors(problem, NAMES, setError, getValues);
  const toErrors = () => requestAnimationFrame(() => summary.current?.focus());
  useEffect(() => {
    if (problem) requestAnimationFrame(() => summary.current?.focus());
  }, [problem]);

  const submit = () => {
    if (!busy) void handleSubmit(onSubmit, toErrors)();
  };
  const pick = ({ name, values }: Template) => {
    const before = getValues();
    const kept = before.name.trim() ? { ...values, name: before.name } : values;
    reset({ ...before, ...kept }, { keepDefaultValues: true });
    if (before.command.trim()) {
      show({ tone: 'note', title: `Loaded “${name}”`, action: { label: 'Undo', run: () => reset(before) } });
    }
  };

  // The fields that an edit has too know only of these; the form's other fields are no business of theirs. The
  // form's types allow no part of a form in place of one.
  /* eslint-disable @typescript-eslint/consistent-type-assertions */
  const shared = {
    register: register as unknown as UseFormRegister<EditValues>,
    control: control as unknown as Control<EditValues>,
  };
  /* eslint-enable @typescript-eslint/consistent-type-assertions */
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a shortcut of the whole form
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
        event.preventDefault();
        submit();
      }}
      className="grid grid-cols-1 gap-6"
    >
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-title">New job</h1>
        <TemplateMenu onPick={pick} />
      </div>
      <FormErrors ref={summary} form={form} problem={problem} rest={rest} />
      <KindSwitch register={register} />
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid grid-cols-1 content-start gap-4">
          <NameField {...shared} />
          {kind === 'run' && <CommandField control={control} onSubmit={submit} />}
          <DescriptionField {...shared} />
        </div>
        <div className="grid grid-cols-1 content-start gap-4 sm:grid-cols-2 lg:grid-cols-1">
          <QueueField register={register} control={control} />
          <ChangeableFields {...shared} />
        </div>
      </div>
      <AdvancedSection register={register} control={control} />
      <div className="sticky bottom-14 z-10 -mx-4 flex flex-wrap items-center gap-3 border-t border-line bg-canvas px-4 py-3 md:bottom-0 md:-mx-6 md:px-6">
        <Button type="submit" variant="primary" icon={Send} busy={busy}>
          {kind === 'run' ? 'Submit job' : 'Create tracked job'}
        </Button>
        <Button variant="quiet" onClick={() => onCopy(getValues())}>
          Copy as curl
        </Button>
        <span className="hidden items-center gap-1 text-muted md:flex">
          <Kbd>Ctrl</Kbd> or <Kbd>⌘</Kbd> with <Kbd>Enter</Kbd> submits
        </span>
      </div>
    </form>
  );
}

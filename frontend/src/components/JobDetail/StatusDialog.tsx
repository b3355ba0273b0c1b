import { useForm, useWatch } from 'react-hook-form';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { FormDialog } from '@/components/JobDetail/FormDialog';
import { STATUS_LOOK } from '@/components/StatusBadge';
import { Field, INPUT } from '@/components/JobForm/Field';
import { useServerErrors } from '@/components/JobForm/useServerErrors';
import type { JobDetail, JobPatch, Status } from '@/services/jobs';
import type { ProblemError } from '@/services/problem';
import { JOB_PATCH } from '@/types/limits.generated';
import { count } from '@/utils/numbers';
import { parseJson, reportOf, type ReportValues } from '@/utils/report';

interface Props {
  job: JobDetail;
  busy: boolean;
  problem: ProblemError | null;
  onReport: (report: JobPatch) => void;
  onClose: () => void;
}

const LONGEST = JOB_PATCH.message.maxLength;
const MESSAGE_LIMIT = { value: LONGEST, message: `At most ${count(LONGEST)} characters.` };
const FIELDS = ['status_type', 'message', 'progress', 'result_data', 'error_message'] as const;

/** Reports in place of a tracked job's program. Only moves that the job can make are offered. */
export function StatusDialog({ job, busy, problem, onReport, onClose }: Props) {
  const moves = job.reportable;
  const { register, control, handleSubmit, setError, formState } = useForm<ReportValues>({
    defaultValues: {
      status_type: moves[0] ?? job.status,
      message: '',
      progress: job.progress === null ? '' : String(job.progress),
      result_data: '',
      error_message: '',
    },
    mode: 'onTouched',
  });
  const { elsewhere } = useServerErrors(problem, FIELDS, setError);
  const to = useWatch({ control, name: 'status_type' });
  const { errors } = formState;
  return (
    <FormDialog
      title="Update status"
      submit={to === job.status ? 'Report' : `Set ${STATUS_LOOK[to].word.toLowerCase()}`}
      busy={busy}
      onSubmit={(event) => void handleSubmit((values) => onReport(reportOf(values)))(event)}
      onClose={onClose}
    >
      {problem && elsewhere && <ErrorAlert problem={problem} />}
      <fieldset>
        <legend className="font-strong">New status</legend>
        <div className="mt-1 grid grid-cols-2 gap-2">
          {moves.map((status) => (
            <Move key={status} status={status} current={job.status} field={register('status_type')} />
          ))}
        </div>
      </fieldset>
      <Field label="Message" optional hint="Goes into the history" error={errors.message?.message}>
        {(field) => (
          <input
            {...field}
            {...register('message', { maxLength: MESSAGE_LIMIT })}
            autoComplete="off"
            className={INPUT}
          />
        )}
      </Field>
      {to !== 'CANCELLED' && (
        <Field
          label="Progress in percent"
          optional
          hint="A whole number from 0 to 100"
          error={errors.progress?.message}
        >
          {(field) => (
            <input
              {...field}
              {...register('progress', {
                pattern: { value: /^(\d{1,2}|100)?$/, message: 'A whole number from 0 to 100.' },
              })}
              inputMode="numeric"
              autoComplete="off"
              className={`${INPUT} max-w-32`}
            />
          )}
        </Field>
      )}
      {to === 'FAILED' && (
        <Field
          label="Error"
          optional
          hint="What went wrong, for the people who read it"
          error={errors.error_message?.message}
        >
          {(field) => (
            <textarea
              {...field}
              {...register('error_message')}
              rows={3}
              className={`${INPUT} h-auto py-2 font-mono`}
            />
          )}
        </Field>
      )}
      {(to === 'COMPLETED' || to === 'FAILED') && (
        <Field
          label="Result as JSON"
          optional
          hint={'Such as {"loss": 0.12}'}
          error={errors.result_data?.message}
        >
          {(field) => (
            <textarea
              {...field}
              {...register('result_data', { validate: (text) => parseJson(text).problem ?? true })}
              rows={4}
              spellCheck={false}
              className={`${INPUT} h-auto py-2 font-mono`}
            />
          )}
        </Field>
      )}
    </FormDialog>
  );
}

function Move({ status, current, field }: { status: Status; current: Status; field: object }) {
  const { icon: Icon, word, text } = STATUS_LOOK[status];
  return (
    <label className="flex min-h-10 cursor-pointer items-center gap-2 rounded-md border border-line px-3 hover:bg-hover has-checked:border-accent has-checked:bg-accent-tint">
      <input {...field} type="radio" value={status} className="size-4 accent-accent" />
      <Icon aria-hidden size={16} className={text} />
      {status === current ? `Still ${word.toLowerCase()}` : word}
    </label>
  );
}

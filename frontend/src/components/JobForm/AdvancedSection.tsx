import { useState } from 'react';
import { ChevronRight } from 'lucide-react';
import { useFormState, useWatch, type Control, type FieldPath, type UseFormRegister } from 'react-hook-form';
import { EnvironmentFields } from '@/components/JobForm/EnvironmentFields';
import { Field, INPUT } from '@/components/JobForm/Field';
import { JOB_WRITE } from '@/types/limits.generated';
import { EMPTY_JOB, FOLDED, labelOf, type JobValues } from '@/utils/submission';

interface Props {
  register: UseFormRegister<JobValues>;
  control: Control<JobValues>;
}

/** What most jobs never need, folded until somebody wants it, or something in it has to be corrected. */
export function AdvancedSection({ register, control }: Props) {
  const { errors, defaultValues } = useFormState({ control });
  const [open, setOpen] = useState(() =>
    FOLDED.some((name) => JSON.stringify(defaultValues?.[name]) !== JSON.stringify(EMPTY_JOB[name])),
  );
  const shown = open || FOLDED.some((name) => errors[name]);
  return (
    <section className="rounded-lg border border-line bg-surface">
      <button
        type="button"
        aria-expanded={shown}
        onClick={() => setOpen(!shown)}
        className="flex min-h-10 w-full items-center gap-2 px-4 text-start font-strong"
      >
        <ChevronRight aria-hidden size={16} className={`transition-transform ${shown ? 'rotate-90' : ''}`} />
        Advanced
        <span className="truncate font-normal text-muted">
          dependencies, resources, limits, retries, working directory, environment
        </span>
      </button>
      {shown && (
        <div className="border-t border-line p-4">
          <AdvancedFields register={register} control={control} />
        </div>
      )}
    </section>
  );
}

const { max_attempts, retry_delay } = JOB_WRITE;

const NUMBERS = [
  { name: 'resource_requirements.cpus', hint: 'Cores that it keeps busy, such as 0.5 or 4. Empty: 1' },
  { name: 'resource_requirements.memory_mb', hint: 'Past it, it is ended as out of memory' },
  { name: 'resource_requirements.gpus', hint: 'Only where a worker declares some' },
  { name: 'resource_requirements.disk_mb', hint: 'Only where a worker declares some' },
  { name: 'timeout', hint: 'Of each attempt. Empty: none' },
  {
    name: 'max_attempts',
    hint: `Up to ${max_attempts.maximum}. Empty: ${max_attempts.default}, no retry`,
  },
  {
    name: 'retry_delay',
    hint: `Before the second attempt; later ones wait longer. Empty: ${retry_delay.default}`,
  },
] as const;

function AdvancedFields({ register, control }: Props) {
  const state = useFormState({ control });
  const kind = useWatch({ control, name: 'kind' });
  const errorAt = (name: FieldPath<JobValues>) => control.getFieldState(name, state).error?.message;
  return (
    <div className="grid grid-cols-1 gap-4">
      {kind === 'tracked' && (
        <p className="text-muted">
          The program that claims a tracked job receives these. Jobdeck itself enforces none of them.
        </p>
      )}
      <Field
        label={labelOf('depends_on')}
        optional
        error={errorAt('depends_on')}
        hint="Ids of jobs, such as 12, 15. It starts when all have completed, and fails if one does not. Put “failure” or “end” behind an id to wait for that"
      >
        {(field) => (
          <input
            {...field}
            {...register('depends_on')}
            autoComplete="off"
            spellCheck={false}
            placeholder="12, 15 end"
            className={INPUT}
          />
        )}
      </Field>
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {NUMBERS.map(({ name, hint }) => (
          <Field key={name} label={labelOf(name)} optional hint={hint} error={errorAt(name)}>
            {(field) => (
              <input
                {...field}
                {...register(name)}
                inputMode={name === 'resource_requirements.cpus' ? 'decimal' : 'numeric'}
                autoComplete="off"
                className={INPUT}
              />
            )}
          </Field>
        ))}
        <Field
          label={labelOf('retry_on_lost')}
          hint="Its machine is gone, and how far the job came is unknown"
        >
          {(field) => (
            <select {...field} {...register('retry_on_lost')} className={INPUT}>
              <option value="again">Start again</option>
              <option value="fail">Fail</option>
            </select>
          )}
        </Field>
        {kind === 'run' && (
          <Field
            label={labelOf('executor')}
            error={errorAt('executor')}
            hint="What runs it; the workers’ page names what there is"
          >
            {(field) => (
              <input
                {...field}
                {...register('executor')}
                autoComplete="off"
                spellCheck={false}
                className={INPUT}
              />
            )}
          </Field>
        )}
      </div>
      <Field
        label={labelOf('working_directory')}
        optional
        error={errorAt('working_directory')}
        hint="An absolute path on the worker. Empty: a fresh folder per attempt"
      >
        {(field) => (
          <input
            {...field}
            {...register('working_directory')}
            autoComplete="off"
            spellCheck={false}
            placeholder="/srv/data"
            className={`${INPUT} font-mono`}
          />
        )}
      </Field>
      <EnvironmentFields register={register} control={control} />
    </div>
  );
}

import { useFormState, type Control, type UseFormRegister } from 'react-hook-form';
import { EnvironmentFields } from '@/components/JobForm/EnvironmentFields';
import { Field, INPUT } from '@/components/JobForm/Field';
import type { JobValues } from '@/utils/jobForm';

interface Props {
  register: UseFormRegister<JobValues>;
  control: Control<JobValues>;
}

const NUMBERS = [
  {
    name: 'cpus',
    label: 'CPUs',
    hint: 'Cores that it keeps busy, such as 0.5 or 4. Empty: 1',
    mode: 'decimal',
  },
  { name: 'memoryMb', label: 'Memory in MB', hint: 'Past it, it is ended as out of memory', mode: 'numeric' },
  { name: 'timeout', label: 'Time limit in seconds', hint: 'Of each attempt. Empty: none', mode: 'numeric' },
  { name: 'maxAttempts', label: 'Attempts', hint: '1 to 100. Empty: 1, no retry', mode: 'numeric' },
  {
    name: 'retryDelay',
    label: 'Retry delay in seconds',
    hint: 'Before the second attempt; later ones wait longer',
    mode: 'numeric',
  },
] as const;

/** What most jobs never need: resources, limits, retries, environment. */
export function AdvancedFields({ register, control }: Props) {
  const { errors } = useFormState({ control });
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {NUMBERS.map(({ name, label, hint, mode }) => (
          <Field key={name} label={label} optional hint={hint} error={errors[name]?.message}>
            {(field) => (
              <input {...field} {...register(name)} inputMode={mode} autoComplete="off" className={INPUT} />
            )}
          </Field>
        ))}
      </div>
      <Field
        label="Working directory"
        optional
        error={errors.workingDirectory?.message}
        hint="An absolute path on the worker. Empty: a fresh folder per attempt"
      >
        {(field) => (
          <input
            {...field}
            {...register('workingDirectory')}
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

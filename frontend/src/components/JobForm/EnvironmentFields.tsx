import { useFieldArray, useFormState, type Control, type UseFormRegister } from 'react-hook-form';
import { Plus, X } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { IconButton } from '@/components/Common/IconButton';
import { INPUT } from '@/components/JobForm/Field';
import { JOB_WRITE } from '@/types/limits.generated';
import { labelOf, type JobValues } from '@/utils/submission';

interface Props {
  register: UseFormRegister<JobValues>;
  control: Control<JobValues>;
}

export function EnvironmentFields({ register, control }: Props) {
  const { fields, append, remove } = useFieldArray({ control, name: 'environment' });
  const { errors } = useFormState({ control });
  const whole = errors.environment?.root?.message ?? errors.environment?.message;
  return (
    <fieldset>
      <legend className="font-strong">
        {labelOf('environment')} <span className="font-normal text-muted">· optional</span>
      </legend>
      <p className="text-small text-muted">
        The job sees these and little else; nothing of the worker’s own environment is passed on.
      </p>
      <ol className="mt-2 grid gap-2">
        {fields.map((field, index) => {
          const error =
            errors.environment?.[index]?.name?.message ?? errors.environment?.[index]?.value?.message;
          const errorId = `${field.id}-error`;
          return (
            <li key={field.id}>
              <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto] items-center gap-2">
                <input
                  {...register(`environment.${index}.name`)}
                  aria-label={`Name of variable ${index + 1}`}
                  aria-invalid={error ? true : undefined}
                  aria-describedby={error ? errorId : undefined}
                  placeholder="NAME"
                  autoComplete="off"
                  spellCheck={false}
                  className={`${INPUT} font-mono`}
                />
                <input
                  {...register(`environment.${index}.value`)}
                  aria-label={`Value of variable ${index + 1}`}
                  placeholder="value"
                  autoComplete="off"
                  spellCheck={false}
                  className={`${INPUT} font-mono`}
                />
                <IconButton icon={X} label={`Remove variable ${index + 1}`} onClick={() => remove(index)} />
              </div>
              {error && (
                <p id={errorId} className="mt-1 text-small text-failed">
                  {error}
                </p>
              )}
            </li>
          );
        })}
      </ol>
      {whole && (
        <p role="alert" className="mt-1 text-failed">
          {whole}
        </p>
      )}
      <Button
        icon={Plus}
        className="mt-2"
        disabled={fields.length >= JOB_WRITE.environment.maxProperties}
        onClick={() => append({ name: '', value: '' })}
      >
        Add a variable
      </Button>
    </fieldset>
  );
}

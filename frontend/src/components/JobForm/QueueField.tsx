import { useFormState, type Control, type UseFormRegister } from 'react-hook-form';
import { Field, INPUT } from '@/components/JobForm/Field';
import type { JobValues } from '@/utils/jobForm';

interface Props {
  register: UseFormRegister<JobValues>;
  control: Control<JobValues>;
}

export function QueueField({ register, control }: Props) {
  const { errors } = useFormState({ control });
  return (
    <Field label="Queue" error={errors.queue?.message} hint="Letters, digits and . _ - up to 64">
      {(field) => (
        <input {...field} {...register('queue')} autoComplete="off" spellCheck={false} className={INPUT} />
      )}
    </Field>
  );
}

import { useFormState, useWatch, type Control, type UseFormRegister } from 'react-hook-form';
import { Field, INPUT } from '@/components/JobForm/Field';
import { LIMITS, type EditValues } from '@/utils/jobForm';
import { count } from '@/utils/numbers';
import { zoneAt } from '@/utils/time';

interface Props {
  register: UseFormRegister<EditValues>;
  control: Control<EditValues>;
}

const PRIORITIES = Array.from({ length: LIMITS.priority.max }, (_, index) => LIMITS.priority.max - index);

export function NameField({ register, control }: Props) {
  const { errors } = useFormState({ control });
  const name = useWatch({ control, name: 'name' });
  const left = LIMITS.name - name.length;
  return (
    <Field
      label="Name"
      error={errors.name?.message}
      hint={
        left < 40
          ? `${left} of ${LIMITS.name} characters left`
          : `What people know it by, up to ${LIMITS.name} characters`
      }
    >
      {(field) => <input {...field} {...register('name')} autoComplete="off" className={INPUT} />}
    </Field>
  );
}

export function DescriptionField({ register, control }: Props) {
  const { errors } = useFormState({ control });
  return (
    <Field
      label="Description"
      optional
      error={errors.description?.message}
      hint={`Up to ${count(LIMITS.description)} characters`}
    >
      {(field) => (
        <textarea {...field} {...register('description')} rows={2} className={`${INPUT} h-auto py-2`} />
      )}
    </Field>
  );
}

export function PriorityField({ register, control }: Props) {
  const { errors } = useFormState({ control });
  return (
    <Field label="Priority" error={errors.priority?.message} hint="10 goes first">
      {(field) => (
        <select {...field} {...register('priority', { valueAsNumber: true })} className={INPUT}>
          {PRIORITIES.map((priority) => (
            <option key={priority} value={priority}>
              {priority}
              {priority === 5 ? ' (usual)' : ''}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function TagsField({ register, control }: Props) {
  const { errors } = useFormState({ control });
  return (
    <Field
      label="Tags"
      optional
      error={errors.tags?.message}
      hint={`With commas between, up to ${LIMITS.tags} of ${LIMITS.tag} characters`}
    >
      {(field) => (
        <input
          {...field}
          {...register('tags')}
          autoComplete="off"
          placeholder="nightly, resnet"
          className={INPUT}
        />
      )}
    </Field>
  );
}

export function ScheduleField({ register, control }: Props) {
  const { errors } = useFormState({ control });
  const at = useWatch({ control, name: 'scheduledAt' });
  return (
    <Field label="Start no earlier than" optional error={errors.scheduledAt?.message} hint={zoneHint(at)}>
      {(field) => <input {...field} {...register('scheduledAt')} type="datetime-local" className={INPUT} />}
    </Field>
  );
}

/** A local time means nothing without its zone, and its offset depends on the day. */
function zoneHint(at: string): string {
  const when = new Date(at);
  const known = Number.isNaN(when.getTime()) ? new Date() : when;
  return `${at ? '' : 'Empty: as soon as possible. '}Your time, ${zoneAt(known)}`;
}

import { useFormState, useWatch, type Control, type UseFormRegister } from 'react-hook-form';
import { Field, INPUT } from '@/components/JobForm/Field';
import { JOB_WRITE } from '@/types/limits.generated';
import { count } from '@/utils/numbers';
import { labelOf, type EditValues, type JobValues } from '@/utils/submission';
import { zoneAt } from '@/utils/time';

interface Props {
  register: UseFormRegister<EditValues>;
  control: Control<EditValues>;
}

const { name: NAME, description: DESCRIPTION, priority: PRIORITY, tags: TAGS } = JOB_WRITE;
const PRIORITIES = Array.from(
  { length: PRIORITY.maximum - PRIORITY.minimum + 1 },
  (_, index) => PRIORITY.maximum - index,
);

export function NameField({ register, control }: Props) {
  const { errors } = useFormState({ control });
  const name = useWatch({ control, name: 'name' });
  const left = NAME.maxLength - name.length;
  return (
    <Field
      label={labelOf('name')}
      error={errors.name?.message}
      hint={
        left < 40
          ? `${left} of ${NAME.maxLength} characters left`
          : `What people know it by, up to ${NAME.maxLength} characters`
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
      label={labelOf('description')}
      optional
      error={errors.description?.message}
      hint={`Up to ${count(DESCRIPTION.maxLength)} characters`}
    >
      {(field) => (
        <textarea {...field} {...register('description')} rows={2} className={`${INPUT} h-auto py-2`} />
      )}
    </Field>
  );
}

function PriorityField({ register, control }: Props) {
  const { errors } = useFormState({ control });
  return (
    <Field
      label={labelOf('priority')}
      error={errors.priority?.message}
      hint={`${PRIORITY.maximum} goes first`}
    >
      {(field) => (
        <select {...field} {...register('priority', { valueAsNumber: true })} className={INPUT}>
          {PRIORITIES.map((priority) => (
            <option key={priority} value={priority}>
              {priority}
              {priority === PRIORITY.default ? ' (usual)' : ''}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function TagsField({ register, control }: Props) {
  const { errors } = useFormState({ control });
  return (
    <Field
      label={labelOf('tags')}
      optional
      error={errors.tags?.message}
      hint={`Separated by commas; up to ${TAGS.maxItems}, each of up to ${TAGS.items.maxLength} characters`}
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

function ScheduleField({ register, control }: Props) {
  const { errors } = useFormState({ control });
  const at = useWatch({ control, name: 'scheduled_at' });
  return (
    <Field label={labelOf('scheduled_at')} optional error={errors.scheduled_at?.message} hint={zoneHint(at)}>
      {(field) => <input {...field} {...register('scheduled_at')} type="datetime-local" className={INPUT} />}
    </Field>
  );
}

/** The settings that can still be changed while a job waits: in the form of a new job, and in its edit dialog. */
export function ChangeableFields(form: Props) {
  return (
    <>
      <PriorityField {...form} />
      <ScheduleField {...form} />
      <TagsField {...form} />
    </>
  );
}

export function QueueField({
  register,
  control,
}: {
  register: UseFormRegister<JobValues>;
  control: Control<JobValues>;
}) {
  const { errors } = useFormState({ control });
  return (
    <Field label={labelOf('queue')} error={errors.queue?.message} hint="Letters, digits and . _ - up to 64">
      {(field) => (
        <input {...field} {...register('queue')} autoComplete="off" spellCheck={false} className={INPUT} />
      )}
    </Field>
  );
}

/** A local time means nothing without its zone, and its offset depends on the day. */
function zoneHint(at: string): string {
  const when = new Date(at);
  const known = Number.isNaN(when.getTime()) ? new Date() : when;
  return `${at ? '' : 'Empty: as soon as possible. '}Your time, ${zoneAt(known)}`;
}

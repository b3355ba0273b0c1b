import { useState } from 'react';
import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { ChangedMeanwhile } from '@/components/JobDetail/ChangedMeanwhile';
import { FormDialog } from '@/components/JobDetail/FormDialog';
import { ChangeableFields, DescriptionField, NameField } from '@/components/JobForm/BasicFields';
import { useServerErrors } from '@/components/JobForm/useServerErrors';
import type { JobDetail, JobPatch } from '@/services/jobs';
import type { ProblemError } from '@/services/problem';
import { editSchema } from '@/utils/jobSchema';
import { EDITABLE, editValuesOf, toEdit, type EditValues } from '@/utils/submission';

interface Props {
  /** As it stands now; it may change while this dialog is open. */
  job: JobDetail;
  busy: boolean;
  problem: ProblemError | null;
  /** The change, and the version on which it was made. */
  onSave: (change: JobPatch, version: number) => void;
  onClose: () => void;
}

/** Changes what a waiting job is called and when it goes. What somebody else changed meanwhile is never overwritten unseen. */
export function EditDialog({ job, busy, problem, onSave, onClose }: Props) {
  const [base, setBase] = useState(job);
  const before = editValuesOf(base);
  const { register, control, handleSubmit, reset, setError } = useForm<EditValues>({
    resolver: zodResolver(editSchema),
    defaultValues: before,
    mode: 'onTouched',
  });
  const { elsewhere } = useServerErrors(problem, EDITABLE, setError);
  const stale = problem?.status === 412;

  const save = (version: number) => (values: EditValues) => {
    const change = toEdit(before, values);
    if (Object.keys(change).length === 0) onClose();
    else onSave(change, version);
  };
  const loadNewest = () => {
    setBase(job);
    reset(editValuesOf(job));
  };
  return (
    <FormDialog
      title={`Edit #${job.id}`}
      submit="Save"
      busy={busy}
      onSubmit={(event) => void handleSubmit(save(base.version))(event)}
      onClose={onClose}
    >
      {stale && base.version !== job.version && (
        <ChangedMeanwhile
          before={before}
          now={editValuesOf(job)}
          busy={busy}
          onLoad={loadNewest}
          onOverwrite={() => void handleSubmit(save(job.version))()}
        />
      )}
      {problem && !stale && elsewhere && <ErrorAlert problem={problem} />}
      <NameField register={register} control={control} />
      <DescriptionField register={register} control={control} />
      <div className="grid gap-4 sm:grid-cols-2">
        <ChangeableFields register={register} control={control} />
      </div>
    </FormDialog>
  );
}

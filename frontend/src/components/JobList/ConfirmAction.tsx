import { ConfirmDialog } from '@/components/Common/ConfirmDialog';
import type { JobAction } from '@/components/JobList/JobActions';
import type { Job } from '@/services/jobs';
import { plural } from '@/utils/numbers';

interface Props {
  action: JobAction;
  job: Job;
  onConfirm: (action: JobAction, job: Job) => void;
  onClose: () => void;
}

/** Says exactly what a delete or a cancel will do, and asks. Loaded when it is first needed. */
export default function ConfirmAction({ action, job, onConfirm, onClose }: Props) {
  const deletes = action === 'delete';
  return (
    <ConfirmDialog
      open
      title={deletes ? `Delete ${job.name}?` : `Cancel ${job.name}?`}
      confirm={deletes ? 'Delete job' : 'Cancel job'}
      keep={deletes ? 'Keep it' : 'Let it run'}
      onClose={onClose}
      onConfirm={() => {
        onConfirm(action, job);
        onClose();
      }}
    >
      {deletes ? (
        <p>
          Job #{job.id} goes with its {plural(job.status_history_count, 'status', 'statuses')}, its results
          and its logs. This cannot be undone.
        </p>
      ) : (
        <p>
          {job.kind === 'run'
            ? 'Every process of this job is asked to stop, then killed. What it has written so far stays in its log.'
            : 'Whoever works on this job is told at their next report. Its history stays.'}
        </p>
      )}
    </ConfirmDialog>
  );
}

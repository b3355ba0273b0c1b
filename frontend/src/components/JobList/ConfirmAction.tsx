import { ConfirmDialog } from '@/components/Common/ConfirmDialog';
import type { JobAction } from '@/components/JobList/JobActions';
import type { Job } from '@/services/jobs';
import { plural } from '@/utils/numbers';

interface Props {
  action: JobAction;
  job: Job;
  busy?: boolean;
  onConfirm: (action: JobAction, job: Job) => void;
  onClose: () => void;
}

/** Says exactly what a delete or a cancel will do, and asks. Loaded when it is first needed. */
export default function ConfirmAction({ action, job, busy, onConfirm, onClose }: Props) {
  const deletes = action === 'delete';
  return (
    <ConfirmDialog
      open
      title={deletes ? `Delete ${job.name}?` : `Cancel ${job.name}?`}
      confirm={deletes ? 'Delete job' : 'Cancel job'}
      keep={deletes ? 'Keep it' : 'Let it run'}
      onClose={onClose}
      busy={busy}
      onConfirm={() => onConfirm(action, job)}
    >
      {deletes ? (
        <p>
          This deletes job #{job.id} with its {plural(job.status_history_count, 'status', 'statuses')}, its
          attempts, results and logs. It cannot be undone.
        </p>
      ) : (
        <p>
          {job.kind === 'run'
            ? 'Every process of this job is asked to stop, then killed. What it has written so far stays in its log.'
            : 'The program that works on this job learns it from the answer to its next report. Its history stays.'}
        </p>
      )}
    </ConfirmDialog>
  );
}

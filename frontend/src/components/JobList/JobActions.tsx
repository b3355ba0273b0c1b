import { CircleStop, RotateCcw, Trash2 } from 'lucide-react';
import { IconButton } from '@/components/Common/IconButton';
import type { Job } from '@/services/jobs';
import { hasEnded } from '@/utils/status';

export type JobAction = 'cancel' | 'retry' | 'delete';

/** What may be done to a job in its present state. */
export function actionsFor(job: Job): JobAction[] {
  if (job.status === 'RUNNING') return ['cancel'];
  if (hasEnded(job.status)) return ['retry', 'delete'];
  return ['cancel', 'delete'];
}

/** Whether an action cannot be taken back and must be confirmed. */
export function isIrreversible(action: JobAction, job: Job): boolean {
  return action === 'delete' || (action === 'cancel' && job.status === 'RUNNING');
}

const LOOK = {
  cancel: { icon: CircleStop, word: 'Cancel' },
  retry: { icon: RotateCcw, word: 'Retry' },
  delete: { icon: Trash2, word: 'Delete' },
} as const;

interface Props {
  job: Job;
  onAction: (action: JobAction, job: Job) => void;
  className?: string;
}

export function JobActions({ job, onAction, className }: Props) {
  return (
    <div className={className ?? 'flex justify-end'}>
      {actionsFor(job).map((action) => (
        <IconButton
          key={action}
          icon={LOOK[action].icon}
          label={`${LOOK[action].word} ${job.name}`}
          danger={action !== 'retry'}
          disabled={action === 'cancel' && job.cancel_requested_at !== null}
          onClick={() => onAction(action, job)}
        />
      ))}
    </div>
  );
}

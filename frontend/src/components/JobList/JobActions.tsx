import { CircleStop, RotateCcw, Trash2 } from 'lucide-react';
import { IconButton } from '@/components/Common/IconButton';
import type { Job } from '@/services/jobs';

/** What a row has room for; the job's own page offers the rest. */
const IN_A_ROW = ['cancel', 'retry', 'delete'] as const;

export type JobAction = (typeof IN_A_ROW)[number];

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
      {IN_A_ROW.filter((action) => job.actions.includes(action)).map((action) => (
        <IconButton
          key={action}
          icon={LOOK[action].icon}
          label={`${LOOK[action].word} ${job.name}`}
          danger={action !== 'retry'}
          onClick={() => onAction(action, job)}
        />
      ))}
    </div>
  );
}

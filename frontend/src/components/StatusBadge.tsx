import { clsx } from 'clsx';
import { Ban, CircleCheck, CircleDashed, CirclePlay, CircleX, type LucideIcon } from 'lucide-react';
import type { Status } from '@/services/jobs';

export interface StatusLook {
  word: string;
  icon: LucideIcon;
  /** Text colour alone, and text on its tint. */
  text: string;
  tinted: string;
  bar: string;
}

export const STATUS_LOOK: Record<Status, StatusLook> = {
  PENDING: {
    word: 'Pending',
    icon: CircleDashed,
    text: 'text-pending',
    tinted: 'bg-pending-tint text-pending',
    bar: 'bg-pending',
  },
  RUNNING: {
    word: 'Running',
    icon: CirclePlay,
    text: 'text-running',
    tinted: 'bg-running-tint text-running',
    bar: 'bg-running',
  },
  COMPLETED: {
    word: 'Completed',
    icon: CircleCheck,
    text: 'text-completed',
    tinted: 'bg-completed-tint text-completed',
    bar: 'bg-completed',
  },
  FAILED: {
    word: 'Failed',
    icon: CircleX,
    text: 'text-failed',
    tinted: 'bg-failed-tint text-failed',
    bar: 'bg-failed',
  },
  CANCELLED: {
    word: 'Cancelled',
    icon: Ban,
    text: 'text-cancelled',
    tinted: 'bg-cancelled-tint text-cancelled',
    bar: 'bg-cancelled',
  },
};

interface Props {
  status: Status;
  /** A cancel was asked for and its processes have not ended yet. */
  cancelling?: boolean;
}

export function StatusBadge({ status, cancelling = false }: Props) {
  const look = STATUS_LOOK[status];
  const Icon = look.icon;
  return (
    <span
      data-status={status}
      className={clsx(
        'inline-flex h-6 items-center gap-1.5 rounded-md px-2 text-small font-strong whitespace-nowrap',
        look.tinted,
      )}
    >
      <Icon aria-hidden size={14} strokeWidth={2.25} />
      {cancelling && status === 'RUNNING' ? 'Cancelling' : look.word}
    </span>
  );
}

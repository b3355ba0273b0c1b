import { clsx } from 'clsx';
import { STATUS_LOOK } from '@/components/StatusBadge';
import type { Status } from '@/services/jobs';

interface Props {
  /** Percent, or null where the job has not said. */
  value: number | null;
  status: Status;
  label: string;
  /** Without the figure, where it stands in words beside it. */
  bare?: boolean;
}

/** Progress in the status's colour, with its figure. Nothing is drawn for a job that reports none. */
export function ProgressBar({ value, status, label, bare = false }: Props) {
  if (value === null)
    return <span className="text-muted">{status === 'RUNNING' ? 'not reported' : '–'}</span>;
  return (
    <span className="flex items-center gap-2">
      <span
        role="progressbar"
        aria-label={label}
        aria-valuenow={value}
        aria-valuemin={0}
        aria-valuemax={100}
        className="block h-1.5 min-w-12 flex-1 overflow-hidden rounded-full bg-line"
      >
        <span
          className={clsx('block h-full rounded-full transition-[width]', STATUS_LOOK[status].bar)}
          style={{ width: `${Math.min(Math.max(value, 0), 100)}%` }}
        />
      </span>
      {!bare && <span className="w-9 text-end text-small">{value}%</span>}
    </span>
  );
}

import { useId, type ReactNode } from 'react';
import { clsx } from 'clsx';
import { STATUS_LOOK } from '@/components/StatusBadge';
import type { Status } from '@/services/jobs';

const EDGE: Record<Status, string> = {
  PENDING: 'border-l-pending',
  RUNNING: 'border-l-running',
  COMPLETED: 'border-l-completed',
  FAILED: 'border-l-failed',
  CANCELLED: 'border-l-cancelled',
};

interface Props {
  status: Status;
  title: ReactNode;
  aside?: ReactNode;
  children?: ReactNode;
}

/** The first and largest thing on a job's page, in the colour of its status. */
export function Callout({ status, title, aside, children }: Props) {
  const id = useId();
  const { icon: Icon, text } = STATUS_LOOK[status];
  return (
    <section
      aria-labelledby={id}
      className={clsx('rounded-lg border border-l-4 border-line bg-surface p-4', EDGE[status])}
    >
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1">
        <h2 id={id} className={clsx('flex min-w-0 items-center gap-2 text-title', text)}>
          <Icon aria-hidden size={20} className="shrink-0" />
          <span className="min-w-0 break-words">{title}</span>
        </h2>
        {aside && <div className="text-muted">{aside}</div>}
      </div>
      {children}
    </section>
  );
}

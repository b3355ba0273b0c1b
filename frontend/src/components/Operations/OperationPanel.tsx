import { clsx } from 'clsx';
import { Ban, CircleCheck, CircleX, LoaderCircle, X } from 'lucide-react';
import { Link } from 'react-router';
import { Button } from '@/components/Common/Button';
import { IconButton } from '@/components/Common/IconButton';
import type { Operation } from '@/services/operations';
import { count } from '@/utils/numbers';
import { headline, percentDone, secondsLeft } from '@/utils/operations';
import { duration } from '@/utils/time';

interface Props {
  operation: Operation;
  busy: boolean;
  onAbort: () => void;
  onUndo: () => void;
  /** Where it can be put away. */
  onDismiss?: () => void;
}

const LOOK = {
  running: { icon: LoaderCircle, className: 'text-running animate-spin motion-reduce:animate-none' },
  done: { icon: CircleCheck, className: 'text-completed' },
  aborted: { icon: Ban, className: 'text-cancelled' },
  failed: { icon: CircleX, className: 'text-failed' },
} as const;

/** How far an operation has come, at which rate, what is left, and what can be done about it. */
export function OperationPanel({ operation, busy, onAbort, onUndo, onDismiss }: Props) {
  const { icon: Icon, className } = LOOK[operation.state];
  return (
    <section
      aria-label={`Operation ${operation.id}`}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-line bg-surface px-4 py-2"
    >
      <Icon aria-hidden size={16} className={clsx('shrink-0', className)} />
      <div className="min-w-52 flex-1">
        <p role="status">
          <Link to={`/operations/${operation.id}`} className="font-strong text-ink">
            {headline(operation)}
          </Link>{' '}
          <span className="text-muted">{said(operation)}</span>
        </p>
        {operation.state === 'running' && <Bar value={percentDone(operation)} />}
      </div>
      <div className="flex items-center gap-2">
        {operation.can_abort && (
          <Button busy={busy} onClick={onAbort}>
            Stop
          </Button>
        )}
        {operation.can_undo && (
          <Button busy={busy} onClick={onUndo}>
            Undo
          </Button>
        )}
        {onDismiss && operation.state !== 'running' && (
          <IconButton icon={X} label="Dismiss" onClick={onDismiss} />
        )}
      </div>
    </section>
  );
}

function Bar({ value }: { value: number }) {
  return (
    <span
      role="progressbar"
      aria-label="Jobs done"
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={100}
      className="mt-1.5 block h-1.5 overflow-hidden rounded-full bg-line"
    >
      <span
        className="block h-full rounded-full bg-running transition-[width]"
        style={{ width: `${value}%` }}
      />
    </span>
  );
}

function said(operation: Operation): string {
  const { state, handled, rate, left, error, starts_at, outcomes } = operation;
  if (state === 'running') {
    const wait = Math.ceil((Date.parse(starts_at) - Date.now()) / 1000);
    if (handled === 0 && wait > 0) return `begins in ${wait} s`;
    const seconds = secondsLeft(operation);
    return [
      `${count(handled)} done`,
      left === null ? '' : `${count(left)} left`,
      rate ? `${count(Math.round(rate))} a second` : '',
      seconds ? `about ${duration(seconds)}` : '',
    ]
      .filter(Boolean)
      .join(' · ');
  }
  if (state === 'failed') return error;
  const skipped = outcomes.reduce((sum, one) => sum + (one.acts ? 0 : one.jobs), 0);
  return skipped ? `${count(skipped)} skipped` : '';
}

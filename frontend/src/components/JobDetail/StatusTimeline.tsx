import { clsx } from 'clsx';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { STATUS_LOOK } from '@/components/StatusBadge';
import { Receipt } from '@/components/JobDetail/Receipt';
import type { Attempt, JobStatus } from '@/services/jobs';

interface Props {
  statuses: JobStatus[];
  /** For the receipts of those that were ended. */
  attempts: Attempt[];
  /** How many there are, where not all of them are here. */
  total: number;
  truncated: boolean;
}

/** Every status that the job ever had, newest first, attempt by attempt. */
export function StatusTimeline({ statuses, attempts, total, truncated }: Props) {
  return (
    <div className="rounded-lg border border-line bg-surface">
      {byAttempt(statuses).map(({ attempt, entries }) => (
        <section
          key={attempt}
          aria-label={`Attempt ${attempt}`}
          className="border-b border-line last:border-0"
        >
          <h3 className="px-4 pt-3 text-muted">Attempt {attempt}</h3>
          <EndReceipt attempt={attempts.find(({ number }) => number === attempt)} />
          <ol className="px-4 pt-1 pb-3">
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ol>
        </section>
      ))}
      {truncated && (
        <p className="border-t border-line px-4 py-2 text-small text-muted">
          The newest {statuses.length} of {total}. Earlier ones are kept and can be read through the API.
        </p>
      )}
    </div>
  );
}

function EndReceipt({ attempt }: { attempt: Attempt | undefined }) {
  return attempt?.receipt ? (
    <div className="px-4">
      <Receipt receipt={attempt.receipt} />
    </div>
  ) : null;
}

function Entry({ entry }: { entry: JobStatus }) {
  const { icon: Icon, word, text } = STATUS_LOOK[entry.status_type];
  return (
    <li className="grid grid-cols-[1rem_1fr_auto] gap-x-3 py-1.5">
      <Icon aria-hidden size={16} className={clsx('mt-0.5', text)} />
      <div className="min-w-0">
        <span className={clsx('font-strong', text)}>{word}</span>
        {entry.progress !== null && <span className="ml-2">{entry.progress}%</span>}
        {entry.message && <p className="break-words whitespace-pre-line">{entry.message}</p>}
      </div>
      <RelativeTime at={entry.timestamp} className="text-end text-muted" />
    </li>
  );
}

function byAttempt(statuses: JobStatus[]): { attempt: number; entries: JobStatus[] }[] {
  const groups = new Map<number, JobStatus[]>();
  for (const status of statuses) {
    const group = groups.get(status.attempt);
    if (group) group.unshift(status);
    else groups.set(status.attempt, [status]);
  }
  return [...groups].sort(([a], [b]) => b - a).map(([attempt, entries]) => ({ attempt, entries }));
}

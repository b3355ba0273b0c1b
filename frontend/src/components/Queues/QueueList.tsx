import { clsx } from 'clsx';
import { Link } from 'react-router';
import { MiddleTruncate } from '@/components/Common/MiddleTruncate';
import { Skeleton } from '@/components/Common/Skeleton';
import { STATUS_LOOK } from '@/components/StatusBadge';
import type { Status } from '@/services/jobs';
import type { Stats, StatusCounts } from '@/services/stats';
import { jobsAddress } from '@/utils/jobsAddress';
import { count, plural } from '@/utils/numbers';
import { STATUSES } from '@/utils/status';

type Queue = Stats['by_queue'][number];

interface Props {
  queues: Queue[] | undefined;
  total: StatusCounts | undefined;
}

const SKELETONS = 3;
const CELL = 'h-10 px-3';

/** The queues by name, so that none moves while its counts do. Undefined while they load. */
export function QueueTable({ queues, total }: Props) {
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label="Queues"
      className="overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full min-w-160 table-fixed" aria-busy={!queues}>
        <thead className="text-small text-muted">
          <tr className="border-b border-line">
            <th scope="col" className={`${CELL} h-9 font-normal`}>
              Queue
            </th>
            {STATUSES.map((status) => (
              <th key={status} scope="col" className={`${CELL} h-9 w-[14%] text-end font-normal`}>
                <StatusWord status={status} className="justify-end" />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {queues && byName(queues).map((queue) => <Row key={queue.queue} queue={queue} />)}
          {!queues && <SkeletonRows />}
        </tbody>
        {queues && queues.length > 1 && total && (
          <tfoot className="bg-sunken">
            <tr>
              <th scope="row" className={`${CELL} font-strong`}>
                All queues
              </th>
              {STATUSES.map((status) => (
                <td key={status} className="p-0 font-strong">
                  <Count status={status} value={total[status]} />
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

function Row({ queue }: { queue: Queue }) {
  return (
    <tr className="border-b border-line last:border-0">
      <th scope="row" className={`${CELL} font-normal`}>
        <Link to={jobsAddress({ queue: queue.queue })} className="text-ink">
          <MiddleTruncate text={queue.queue} />
        </Link>
      </th>
      {STATUSES.map((status) => (
        <td key={status} className="p-0">
          <Count queue={queue.queue} status={status} value={queue[status]} />
        </td>
      ))}
    </tr>
  );
}

function SkeletonRows() {
  return Array.from({ length: SKELETONS }, (_, index) => (
    <tr key={index} className="border-b border-line last:border-0">
      <td className={CELL}>
        <Skeleton className="h-3 w-24" />
      </td>
      {STATUSES.map((status) => (
        <td key={status} className={CELL}>
          <Skeleton className="ms-auto h-3 w-8" />
        </td>
      ))}
    </tr>
  ));
}

/** Fills its cell, so that there is something to hit. */
function Count({ queue, status, value }: { queue?: string; status: Status; value: number }) {
  return (
    <Link
      to={jobsAddress({ queue, status })}
      aria-label={says(queue, status, value)}
      className={clsx(
        'flex h-10 items-center justify-end px-3 hover:bg-hover hover:no-underline',
        value === 0 ? 'text-muted' : 'text-ink',
      )}
    >
      {count(value)}
    </Link>
  );
}

/** The same as phones show them. */
export function QueueCards({ queues }: Props) {
  return (
    <ul aria-label="Queues" aria-busy={!queues} className="grid grid-cols-1 gap-2">
      {queues &&
        byName(queues).map((queue) => (
          <li key={queue.queue} className="overflow-hidden rounded-lg border border-line bg-surface">
            <Card queue={queue} />
          </li>
        ))}
      {!queues && (
        <li className="rounded-lg border border-line bg-surface p-3">
          <Skeleton className="h-4 w-24" />
          <Skeleton className="mt-4 h-3 w-4/5" />
          <Skeleton className="mt-4 h-3 w-3/5" />
        </li>
      )}
    </ul>
  );
}

function Card({ queue }: { queue: Queue }) {
  return (
    <article aria-label={queue.queue}>
      <Link
        to={jobsAddress({ queue: queue.queue })}
        className="flex h-11 items-center px-3 font-strong text-ink"
      >
        <MiddleTruncate text={queue.queue} />
      </Link>
      <ul className="grid grid-cols-6 gap-px border-t border-line bg-line">
        {STATUSES.map((status, index) => (
          <li key={status} className={clsx('bg-surface', index < 3 ? 'col-span-2' : 'col-span-3')}>
            <Link
              to={jobsAddress({ queue: queue.queue, status })}
              aria-label={says(queue.queue, status, queue[status])}
              className={clsx(
                'block px-3 py-1.5 hover:bg-hover hover:no-underline',
                queue[status] === 0 ? 'text-muted' : 'text-ink',
              )}
            >
              <StatusWord status={status} className="text-small" />
              <span className="block">{count(queue[status])}</span>
            </Link>
          </li>
        ))}
      </ul>
    </article>
  );
}

function StatusWord({ status, className }: { status: Status; className: string }) {
  const { icon: Icon, text, word } = STATUS_LOOK[status];
  return (
    <span className={clsx('flex items-center gap-1.5', text, className)}>
      <Icon aria-hidden size={14} className="shrink-0" /> {word}
    </span>
  );
}

function says(queue: string | undefined, status: Status, value: number): string {
  const jobs = `${plural(value, 'job')} ${STATUS_LOOK[status].word.toLowerCase()}`;
  return queue === undefined ? jobs : `${jobs} in ${queue}`;
}

function byName(queues: Queue[]): Queue[] {
  return queues.toSorted((a, b) => a.queue.localeCompare(b.queue, 'en', { numeric: true }));
}

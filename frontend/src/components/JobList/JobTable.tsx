import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { Link } from 'react-router';
import { Duration } from '@/components/Common/Duration';
import { MiddleTruncate } from '@/components/Common/MiddleTruncate';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { Skeleton } from '@/components/Common/Skeleton';
import { COLUMNS, type Column } from '@/components/JobList/columns';
import { JobActions, type JobAction } from '@/components/JobList/JobActions';
import { JobProgress } from '@/components/JobList/JobProgress';
import { ariaSort, type Ordering, type SortKey } from '@/utils/ordering';
import { Tags } from '@/components/JobList/Tags';
import { Tick, TickJob } from '@/components/JobList/Tick';
import { StatusBadge } from '@/components/StatusBadge';
import type { Ticked } from '@/utils/ticked';
import type { Job } from '@/services/jobs';

interface Props {
  /** Undefined while the first page loads. */
  jobs: Job[] | undefined;
  /** How many rows to expect meanwhile. */
  expected: number;
  /** These rows are of the page before; the wanted one is on its way. */
  stale: boolean;
  ordering: Ordering;
  onSort: (key: SortKey) => void;
  onAction: (action: JobAction, job: Job) => void;
  /** Which rows are ticked; without it none can be. */
  ticked?: Ticked;
}

export function JobTable({ jobs, expected, stale, ordering, onSort, onAction, ticked }: Props) {
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed border-collapse" aria-busy={stale || !jobs}>
        <caption className="sr-only">Jobs</caption>
        <thead className="text-small text-muted">
          <tr className="border-b border-line">
            {ticked && <TickPage jobs={jobs ?? []} ticked={ticked} />}
            {COLUMNS.map((column) => (
              <HeaderCell key={column.key} column={column} ordering={ordering} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody className={clsx('transition-opacity', stale && 'opacity-50')}>
          {jobs?.map((job) => (
            <Row key={job.id} job={job} onAction={onAction} ticked={ticked} />
          ))}
          {!jobs &&
            Array.from({ length: expected }, (_, index) => <SkeletonRow key={index} ticks={!!ticked} />)}
        </tbody>
      </table>
    </div>
  );
}

function HeaderCell({ column, ordering, onSort }: { column: Column } & Pick<Props, 'ordering' | 'onSort'>) {
  const { sort, word, className } = column;
  if (!sort) {
    return (
      <th scope="col" className={clsx('h-9 px-3 font-normal', className)}>
        {word || <span className="sr-only">Actions</span>}
      </th>
    );
  }
  const sorted = ariaSort(ordering, sort);
  const Arrow = sorted === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <th scope="col" aria-sort={sorted} className={clsx('h-9 px-3 font-normal', className)}>
      <button
        type="button"
        onClick={() => onSort(sort)}
        className={clsx(
          'group inline-flex h-7 items-center gap-1 rounded-sm hover:text-ink',
          className.includes('text-end') && 'flex-row-reverse',
          sorted !== 'none' && 'font-strong text-ink',
        )}
      >
        {word}
        <Arrow
          aria-hidden
          size={12}
          className={clsx(
            sorted === 'none' && 'opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60',
          )}
        />
      </button>
    </th>
  );
}

const CELL = COLUMNS.map((column) => clsx('h-10 px-3', column.className));

// Quiet in every row but the one that is pointed at, though never below 3:1.
const ACTIONS = 'flex justify-end opacity-70 group-focus-within:opacity-100 group-hover:opacity-100';

const TICK = 'w-10 pl-3';

/** Ticks all rows of the page, or none. */
function TickPage({ jobs, ticked }: { jobs: Job[]; ticked: Ticked }) {
  const some = jobs.some((job) => ticked.ids.has(job.id));
  const all = some && jobs.every((job) => ticked.ids.has(job.id));
  return (
    <th scope="col" className={TICK}>
      <Tick
        label="Select all jobs of this page"
        checked={ticked.everything || all}
        mixed={some && !all && !ticked.everything}
        onChange={ticked.togglePage}
      />
    </th>
  );
}

function Row({ job, onAction, ticked }: { job: Job } & Pick<Props, 'onAction' | 'ticked'>) {
  const [status, name, progress, priority, queue, created, duration, actions] = CELL;
  return (
    <tr data-job={job.id} className="group border-b border-line last:border-0 hover:bg-hover">
      {ticked && (
        <td className={TICK}>
          <TickJob job={job} ticked={ticked} />
        </td>
      )}
      <td className={status}>
        <StatusBadge status={job.status} cancelling={job.cancel_requested_at !== null} />
      </td>
      <td className={name}>
        <div className="flex min-w-0 items-center gap-2">
          <Link to={`/jobs/${job.id}`} className="flex min-w-0 text-ink">
            <MiddleTruncate text={job.name} />
          </Link>
          <code className="shrink-0 text-muted">#{job.id}</code>
          <Tags
            tags={job.tags}
            className="hidden h-6 shrink-[9999] flex-wrap overflow-hidden min-[1400px]:flex"
          />
        </div>
      </td>
      <td className={progress}>
        <JobProgress job={job} />
      </td>
      <td className={priority}>{job.priority}</td>
      <td className={clsx(queue, 'text-muted')}>
        <MiddleTruncate text={job.queue} />
      </td>
      <td className={clsx(created, 'whitespace-nowrap text-muted')}>
        <RelativeTime at={job.created_at} />
      </td>
      <td className={clsx(duration, 'whitespace-nowrap')}>
        <Duration seconds={job.execution_time} since={job.status === 'RUNNING' ? job.started_at : null} />
      </td>
      <td className={clsx(actions, 'pr-2')}>
        <JobActions job={job} onAction={onAction} className={ACTIONS} />
      </td>
    </tr>
  );
}

function SkeletonRow({ ticks }: { ticks: boolean }) {
  const [status, name, progress, priority, queue, created, duration, actions] = CELL;
  return (
    <tr className="border-b border-line last:border-0">
      {ticks && <td className={TICK} />}
      <td className={status}>
        <Skeleton className="h-6 w-24" />
      </td>
      <td className={name}>
        <Skeleton className="h-3 w-3/5" />
      </td>
      <td className={progress}>
        <Skeleton className="h-1.5 w-full" />
      </td>
      <td className={priority}>
        <Skeleton className="ms-auto h-3 w-4" />
      </td>
      <td className={queue}>
        <Skeleton className="h-3 w-16" />
      </td>
      <td className={created}>
        <Skeleton className="ms-auto h-3 w-20" />
      </td>
      <td className={duration}>
        <Skeleton className="ms-auto h-3 w-14" />
      </td>
      <td className={actions} />
    </tr>
  );
}

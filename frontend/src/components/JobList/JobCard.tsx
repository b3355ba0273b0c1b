import { Link } from 'react-router';
import { Duration } from '@/components/Common/Duration';
import { MiddleTruncate } from '@/components/Common/MiddleTruncate';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { Skeleton } from '@/components/Common/Skeleton';
import { JobActions, type JobAction } from '@/components/JobList/JobActions';
import { JobProgress } from '@/components/JobList/JobProgress';
import { TickJob } from '@/components/JobList/Tick';
import { StatusBadge } from '@/components/StatusBadge';
import type { Ticked } from '@/utils/ticked';
import type { Job } from '@/services/jobs';

interface Props {
  job: Job;
  onAction: (action: JobAction, job: Job) => void;
  ticked?: Ticked;
}

/** A job as phones show it: what it is, how it stands, what can be done. */
export function JobCard({ job, onAction, ticked }: Props) {
  return (
    <article data-job={job.id} aria-label={job.name} className="rounded-lg border border-line bg-surface p-3">
      <div className="flex items-center justify-between gap-2">
        <span className="flex items-center gap-2">
          {ticked && <TickJob job={job} ticked={ticked} />}
          <StatusBadge status={job.status} cancelling={job.cancel_requested_at !== null} />
        </span>
        <JobActions job={job} onAction={onAction} className="-my-1 -mr-1 flex" />
      </div>
      <div className="mt-2 flex min-w-0 items-baseline gap-2">
        <Link to={`/jobs/${job.id}`} className="flex min-w-0 font-strong text-ink">
          <MiddleTruncate text={job.name} />
        </Link>
        <code className="shrink-0 text-muted">#{job.id}</code>
      </div>
      {job.status !== 'COMPLETED' && job.status !== 'CANCELLED' && (
        <div className="mt-1">
          <JobProgress job={job} />
        </div>
      )}
      <div className="mt-1 flex justify-between gap-4 text-small text-muted">
        <RelativeTime at={job.created_at} />
        {job.status !== 'PENDING' && (
          <Duration seconds={job.execution_time} since={job.status === 'RUNNING' ? job.started_at : null} />
        )}
      </div>
    </article>
  );
}

export function JobCardSkeleton() {
  return (
    <div className="rounded-lg border border-line bg-surface p-3">
      <Skeleton className="h-6 w-24" />
      <Skeleton className="mt-3 h-3.5 w-3/5" />
      <Skeleton className="mt-3 h-3 w-full" />
    </div>
  );
}

import type { ReactNode } from 'react';
import { ChevronLeft } from 'lucide-react';
import { Link } from 'react-router';
import { Duration } from '@/components/Common/Duration';
import { MiddleTruncate } from '@/components/Common/MiddleTruncate';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { StatusBadge } from '@/components/StatusBadge';
import type { Job } from '@/services/jobs';
import { jobsAddress } from '@/utils/jobsAddress';

/** Who this job is: name, status and the facts that tell it from others. */
export function JobHeader({ job, actions }: { job: Job; actions: ReactNode }) {
  return (
    <header>
      <Link to="/" className="inline-flex h-6 items-center gap-1 text-muted hover:text-ink">
        <ChevronLeft aria-hidden size={16} /> Jobs
      </Link>
      <div className="mt-1 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="flex max-w-full min-w-0 items-center gap-3">
          <h1 className="min-w-0 text-title">
            <MiddleTruncate text={job.name} tail={12} />
          </h1>
          <StatusBadge status={job.status} cancelling={job.cancel_requested_at !== null} />
        </div>
        {actions}
      </div>
      <Facts job={job} />
      {job.description && <p className="mt-2 max-w-3xl whitespace-pre-line text-muted">{job.description}</p>}
    </header>
  );
}

function Facts({ job }: { job: Job }) {
  return (
    <dl className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-muted">
      <Fact name="Job">#{job.id}</Fact>
      <Fact name="Queue">
        <Link to={jobsAddress({ queue: job.queue })}>{job.queue}</Link>
      </Fact>
      <Fact name="Priority">{job.priority}</Fact>
      {job.owner && <Fact name="Owner">{job.owner}</Fact>}
      <Fact name="Created">
        <RelativeTime at={job.created_at} />
      </Fact>
      {job.started_at && (
        <Fact name="Started">
          <RelativeTime at={job.started_at} />
        </Fact>
      )}
      {job.completed_at && (
        <Fact name="Ended">
          <RelativeTime at={job.completed_at} />
        </Fact>
      )}
      {(job.status === 'RUNNING' || job.execution_time !== null) && (
        <Fact name={job.status === 'RUNNING' ? 'Running for' : 'Took'}>
          <Duration
            seconds={job.execution_time}
            since={job.status === 'RUNNING' ? job.started_at : undefined}
          />
        </Fact>
      )}
      {job.tags.length > 0 && (
        <Fact name="Tags">
          <span className="inline-flex flex-wrap gap-1 text-small">
            {job.tags.map((tag) => (
              <Link
                key={tag}
                to={`/?tag=${encodeURIComponent(tag)}`}
                className="max-w-48 truncate rounded-sm bg-sunken px-1.5 leading-6 text-muted hover:text-ink hover:no-underline"
              >
                {tag}
              </Link>
            ))}
          </span>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-h-6 items-center gap-1.5">
      <dt>{name}</dt>
      <dd className="text-ink">{children}</dd>
    </div>
  );
}

import { Link } from 'react-router';
import { MiddleTruncate } from '@/components/Common/MiddleTruncate';
import { Panel } from '@/components/Common/Panel';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { Skeleton } from '@/components/Common/Skeleton';
import type { Job } from '@/services/jobs';
import { cause, endInFull } from '@/utils/cause';

/** What went wrong last, each with its cause. */
export function NewestFailures({ jobs, all }: { jobs: Job[] | undefined; all: string }) {
  return (
    <Panel title="Newest failures" aside={<Link to={all}>All failures</Link>}>
      {jobs?.length === 0 && <p className="p-4 text-muted">No job has failed.</p>}
      <ul className="divide-y divide-line">
        {jobs?.map((job) => (
          <li
            key={job.id}
            className="grid min-h-10 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-4 py-2 sm:grid-cols-[minmax(0,1fr)_12rem_8rem]"
          >
            <Link to={`/jobs/${job.id}`} className="text-ink">
              <MiddleTruncate text={job.name} />
            </Link>
            <span title={endInFull(job)} className="row-start-2 truncate text-failed sm:row-start-auto">
              {cause(job)}
            </span>
            <RelativeTime
              at={job.completed_at ?? job.status_changed_at}
              className="text-end whitespace-nowrap text-muted"
            />
          </li>
        ))}
        {!jobs &&
          Array.from({ length: 4 }, (_, index) => (
            <li key={index} className="flex h-10 items-center px-4">
              <Skeleton className="h-3 w-2/3" />
            </li>
          ))}
      </ul>
    </Panel>
  );
}

import { clsx } from 'clsx';
import type { JobAction } from '@/components/JobList/JobActions';
import { JobCard, JobCardSkeleton } from '@/components/JobList/JobCard';
import type { Ticked } from '@/utils/ticked';
import type { Job } from '@/services/jobs';

interface Props {
  jobs: Job[] | undefined;
  stale: boolean;
  onAction: (action: JobAction, job: Job) => void;
  ticked?: Ticked;
}

const SKELETONS = 6;

export function JobCards({ jobs, stale, onAction, ticked }: Props) {
  return (
    <ul
      aria-label="Jobs"
      aria-busy={stale || !jobs}
      className={clsx('flex flex-col gap-2 transition-opacity', stale && 'opacity-50')}
    >
      {jobs?.map((job) => (
        <li key={job.id}>
          <JobCard job={job} onAction={onAction} ticked={ticked} />
        </li>
      ))}
      {!jobs &&
        Array.from({ length: SKELETONS }, (_, index) => (
          <li key={index}>
            <JobCardSkeleton />
          </li>
        ))}
    </ul>
  );
}

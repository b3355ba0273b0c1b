import type { ReactNode } from 'react';
import { CancelledNote } from '@/components/JobDetail/CancelledNote';
import { CompletedNote } from '@/components/JobDetail/CompletedNote';
import { FailedCause } from '@/components/JobDetail/FailedCause';
import { PendingWait } from '@/components/JobDetail/PendingWait';
import { RunningNow } from '@/components/JobDetail/RunningNow';
import type { JobDetail } from '@/services/jobs';

interface Props {
  job: JobDetail;
  /** The last lines of a failed attempt, once they are read. */
  lastLines: ReactNode;
  /** How a tracked job's program reports, for one that waits. */
  reportExample: string;
}

/** What matters most about a job in its present state. */
export function Headline({ job, lastLines, reportExample }: Props) {
  switch (job.status) {
    case 'FAILED':
      return <FailedCause job={job}>{lastLines}</FailedCause>;
    case 'PENDING':
      return <PendingWait job={job} reportExample={reportExample} />;
    case 'RUNNING':
      return <RunningNow job={job} />;
    case 'COMPLETED':
      return <CompletedNote job={job} />;
    case 'CANCELLED':
      return <CancelledNote job={job} />;
  }
}

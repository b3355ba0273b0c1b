import { RelativeTime } from '@/components/Common/RelativeTime';
import { ProgressBar } from '@/components/ProgressBar';
import type { Job, WaitingFor } from '@/services/jobs';
import { cause, endInFull } from '@/utils/cause';
import { waitsBriefly, waitsFor } from '@/utils/waiting';

/** What matters most about a job in one line: how far it is, what it waits for, or why it failed. */
export function JobProgress({ job }: { job: Job }) {
  switch (job.status) {
    case 'RUNNING':
      return <ProgressBar value={job.progress} status={job.status} label={`Progress of ${job.name}`} />;
    case 'PENDING':
      return (
        <span className="block truncate text-muted">
          <Waits waiting={job.waiting_for} />
        </span>
      );
    case 'FAILED':
      return (
        <span title={endInFull(job)} className="block truncate text-failed">
          {cause(job)}
        </span>
      );
    default:
      return <span className="text-muted">–</span>;
  }
}

function Waits({ waiting }: { waiting: WaitingFor | null }) {
  if (!waiting) return <>Waits</>;
  return (
    <span title={`Waits for ${waitsFor(waiting)}`}>
      {waitsBriefly(waiting)} {waiting.until && <RelativeTime at={waiting.until} />}
    </span>
  );
}

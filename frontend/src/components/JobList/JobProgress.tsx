import { RelativeTime } from '@/components/Common/RelativeTime';
import { ProgressBar } from '@/components/ProgressBar';
import type { Job } from '@/services/jobs';
import { cause, furtherMessage } from '@/utils/cause';
import { waitsFor } from '@/utils/waiting';

/** What matters most about a job in one line: how far it is, what it waits for, or why it failed. */
export function JobProgress({ job }: { job: Job }) {
  switch (job.status) {
    case 'RUNNING':
      return <ProgressBar value={job.progress} status={job.status} label={`Progress of ${job.name}`} />;
    case 'PENDING':
      return (
        <span className="block truncate text-muted">
          <Waits job={job} />
        </span>
      );
    case 'FAILED':
      return (
        <span title={furtherMessage(job) ?? undefined} className="block truncate text-failed">
          {cause(job)}
        </span>
      );
    default:
      return <span className="text-muted">–</span>;
  }
}

function Waits({ job: { waiting_for, attempt } }: { job: Job }) {
  if (!waiting_for) return <>Waits</>;
  const { code, until } = waiting_for;
  const words = `Waits for ${waitsFor(waiting_for)}`;
  if (!until) return <span title={words}>{words}</span>;
  return (
    <>
      {code === 'backoff' ? `Attempt ${attempt} due` : 'Due'} <RelativeTime at={until} />
    </>
  );
}

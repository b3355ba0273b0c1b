import { ProgressBar } from '@/components/ProgressBar';
import type { Job } from '@/services/jobs';
import { cause } from '@/utils/cause';

/** What matters most about a job in one line: how far it is, what it waits for, or why it failed. */
export function JobProgress({ job }: { job: Job }) {
  switch (job.status) {
    case 'RUNNING':
      return <ProgressBar value={job.progress} status={job.status} label={`Progress of ${job.name}`} />;
    case 'PENDING':
      return (
        <span title={job.waiting_for ?? undefined} className="block truncate text-muted">
          {job.waiting_for ?? 'Waiting'}
        </span>
      );
    case 'FAILED':
      return (
        <span
          title={job.error_message || job.reason_text || undefined}
          className="block truncate text-failed"
        >
          {cause(job)}
        </span>
      );
    default:
      return <span className="text-muted">–</span>;
  }
}

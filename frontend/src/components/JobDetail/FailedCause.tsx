import type { ReactNode } from 'react';
import { Callout } from '@/components/JobDetail/Callout';
import type { JobDetail } from '@/services/jobs';
import { advice, failure, furtherMessage } from '@/utils/cause';

/** Why it failed, what a person can do about it, and the last lines it wrote. */
export function FailedCause({ job, children }: { job: JobDetail; children: ReactNode }) {
  const message = furtherMessage(job);
  return (
    <Callout
      status="FAILED"
      title={failure(job)}
      aside={job.max_attempts > 1 && `Attempt ${job.attempt} · all ${job.max_attempts} attempts used`}
    >
      <p className="mt-2 max-w-3xl">{advice(job)}</p>
      {message && (
        <pre className="mt-3 max-h-48 overflow-auto rounded-md bg-failed-tint p-3 break-words whitespace-pre-wrap text-failed">
          {message}
        </pre>
      )}
      {children}
    </Callout>
  );
}

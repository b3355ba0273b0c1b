import type { ReactNode } from 'react';
import { Duration } from '@/components/Common/Duration';
import { Callout } from '@/components/JobDetail/Callout';
import type { JobDetail } from '@/services/jobs';
import { signalName } from '@/utils/signals';
import { cause, errorBeyondCause } from '@/utils/cause';

/** Why it failed: the code or signal, what a person can do about it, and the last lines it wrote. */
export function FailedCause({ job, children }: { job: JobDetail; children: ReactNode }) {
  const signal = job.attempts.at(-1)?.signal ?? null;
  const title = signal === null ? cause(job) : `${cause(job)} · ${signalName(signal)}`;
  const message = errorBeyondCause(job);
  return (
    <Callout
      status="FAILED"
      title={job.reason === 'signal' && signal !== null ? `Killed by ${signalName(signal)}` : title}
      aside={
        <>
          {job.max_attempts > 1 && `Attempt ${job.attempt} · all ${job.max_attempts} attempts used · `}
          {job.execution_time !== null && (
            <>
              after <Duration seconds={job.execution_time} />
            </>
          )}
        </>
      }
    >
      {job.reason_text && <p className="mt-2 max-w-3xl">{job.reason_text}</p>}
      {message && (
        <pre className="mt-3 max-h-48 overflow-auto rounded-md bg-failed-tint p-3 break-words whitespace-pre-wrap text-failed">
          {message}
        </pre>
      )}
      {children}
    </Callout>
  );
}

import { Duration } from '@/components/Common/Duration';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { Callout } from '@/components/JobDetail/Callout';
import type { JobDetail } from '@/services/jobs';

/** That it went well; the result itself stands right below. */
export function CompletedNote({ job }: { job: JobDetail }) {
  return (
    <Callout
      status="COMPLETED"
      title={
        <>
          Completed
          {job.execution_time !== null && (
            <>
              {' '}
              in <Duration seconds={job.execution_time} />
            </>
          )}
        </>
      }
      aside={job.completed_at && <RelativeTime at={job.completed_at} />}
    >
      {/* The engine's own message says no more than the title. */}
      {job.kind === 'tracked' && job.status_message && (
        <p className="mt-2 break-words">{job.status_message}</p>
      )}
      {job.cancel_requested_at && (
        <p className="mt-2 text-muted">
          {job.cancel_requested_by || 'Somebody'} asked to cancel it, but it had ended by itself before.
        </p>
      )}
    </Callout>
  );
}

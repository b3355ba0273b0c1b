import { RelativeTime } from '@/components/Common/RelativeTime';
import { Callout } from '@/components/JobDetail/Callout';
import { Receipt } from '@/components/JobDetail/Receipt';
import type { JobDetail } from '@/services/jobs';
import { receiptOf } from '@/utils/receipt';

/** Who stopped it, and the receipt: what was done so that nothing of it runs on. */
export function CancelledNote({ job }: { job: JobDetail }) {
  const message = job.status_message || job.latest_status.message;
  const last = job.attempts.at(-1);
  const receipt = last ? receiptOf(last) : null;
  const who = job.cancel_requested_by;
  return (
    <Callout
      status="CANCELLED"
      title={who ? `Cancelled by ${who}` : 'Cancelled'}
      aside={job.completed_at && <RelativeTime at={job.completed_at} />}
    >
      {/* The engine's own message and error say what the receipt says. */}
      {receipt ? (
        <Receipt receipt={receipt} />
      ) : (
        message && <p className="mt-2 max-w-3xl break-words">{message}</p>
      )}
      {job.started_at === null && (
        <p className="mt-2 text-muted">It had not started, so nothing had to be ended.</p>
      )}
      {!receipt && job.error_message && job.error_message !== message && (
        <p className="mt-2 break-words text-muted">{job.error_message}</p>
      )}
    </Callout>
  );
}

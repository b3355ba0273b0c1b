import { RelativeTime } from '@/components/Common/RelativeTime';
import { Callout } from '@/components/JobDetail/Callout';
import { Receipt } from '@/components/JobDetail/Receipt';
import type { JobDetail } from '@/services/jobs';
import { attemptEnd } from '@/utils/cause';

/** Who stopped it, and the receipt: what was done so that nothing of it runs on. */
export function CancelledNote({ job }: { job: JobDetail }) {
  const last = job.attempts.at(-1);
  const who = job.cancel_requested_by;
  return (
    <Callout
      status="CANCELLED"
      title={who ? `Cancelled by ${who}` : 'Cancelled'}
      aside={job.completed_at && <RelativeTime at={job.completed_at} />}
    >
      {last?.receipt && <Receipt receipt={last.receipt} />}
      {last && last.reason !== 'cancelled' && (
        <p className="mt-2">Its last attempt had ended by itself: {attemptEnd(last)}.</p>
      )}
      {job.started_at === null && (
        <p className="mt-2 text-muted">It had not started, so nothing had to be ended.</p>
      )}
      {/* What a program said that reported the end itself. */}
      {!who && job.status_message && <p className="mt-2 max-w-3xl break-words">{job.status_message}</p>}
    </Callout>
  );
}

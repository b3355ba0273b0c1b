import { CodeBlock } from '@/components/Common/CodeBlock';
import { Callout } from '@/components/JobDetail/Callout';
import { useNow } from '@/hooks/ui/useNow';
import type { JobDetail } from '@/services/jobs';
import { absoluteTime, relativeTime } from '@/utils/time';

/** Why it is not running yet, when it may, and what would help. */
export function PendingWait({ job, reportExample }: { job: JobDetail; reportExample: string }) {
  const attempt = job.attempt > 1 && `Attempt ${job.attempt} comes next`;
  return (
    <Callout status="PENDING" title={`Waits for ${asClause(job.waiting_for ?? 'a worker')}`} aside={attempt}>
      <When job={job} />
      {job.kind === 'tracked' && (
        <div className="mt-3 max-w-3xl">
          <p className="mb-2 text-muted">
            No command runs for it: the program that does the work reports here, or you do with “Update
            status”.
          </p>
          <CodeBlock>{reportExample}</CodeBlock>
        </div>
      )}
    </Callout>
  );
}

function When({ job }: { job: JobDetail }) {
  const now = useNow(10_000);
  const at = job.available_at;
  if (Date.parse(at) <= now.getTime()) {
    return job.scheduled_at ? (
      <p className="mt-2 text-muted">It was scheduled for {absoluteTime(new Date(job.scheduled_at))}.</p>
    ) : null;
  }
  return (
    <p className="mt-2">
      It may start {relativeTime(new Date(at), now)}, at {absoluteTime(new Date(at))}.
    </p>
  );
}

/** A sentence to go on with; the time in UTC at its end is told below, in the reader's zone. */
function asClause(sentence: string): string {
  const words = sentence.replace(/\.$/, '').replace(/,( at)? [\d: -]+ UTC$/, '');
  return words.charAt(0).toLowerCase() + words.slice(1);
}

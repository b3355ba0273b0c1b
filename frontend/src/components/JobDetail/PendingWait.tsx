import { CodeBlock } from '@/components/Common/CodeBlock';
import { Callout } from '@/components/JobDetail/Callout';
import { useNow } from '@/hooks/ui/useNow';
import type { JobDetail } from '@/services/jobs';
import { absoluteTime, relativeTime } from '@/utils/time';
import { placeInQueue, waitsFor, wayOut } from '@/utils/waiting';

/** Why it is not running yet, when it may, and what would help. */
export function PendingWait({ job, reportExample }: { job: JobDetail; reportExample: string }) {
  const waiting = job.waiting_for;
  const place = waiting && placeInQueue(waiting);
  const help = waiting && wayOut(waiting, job.resource_requirements);
  return (
    <Callout
      status="PENDING"
      title={waiting ? `Waits for ${waitsFor(waiting)}` : 'Waits'}
      aside={job.attempt > 1 && `Attempt ${job.attempt} comes next`}
    >
      {waiting?.until && <When at={new Date(waiting.until)} />}
      {place && <p className="mt-2">{place}</p>}
      {help && <p className="mt-2 max-w-3xl text-muted">{help}</p>}
      {job.kind === 'tracked' && (
        <div className="mt-2 max-w-3xl">
          <CodeBlock>{reportExample}</CodeBlock>
        </div>
      )}
    </Callout>
  );
}

function When({ at }: { at: Date }) {
  const now = useNow(1_000);
  return (
    <p className="mt-2">
      {at <= now ? 'It is due since' : 'It may start'} {relativeTime(at, now)}, at {absoluteTime(at)}.
    </p>
  );
}

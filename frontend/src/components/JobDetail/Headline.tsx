import type { ReactNode } from 'react';
import { CodeBlock } from '@/components/Common/CodeBlock';
import { Duration } from '@/components/Common/Duration';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { Callout } from '@/components/JobDetail/Callout';
import { Receipt } from '@/components/JobDetail/Receipt';
import { ProgressBar } from '@/components/ProgressBar';
import { useNow } from '@/hooks/ui/useNow';
import type { JobDetail } from '@/services/jobs';
import { advice, attemptEnd, failure, furtherMessage } from '@/utils/cause';
import { absoluteTime, duration, relativeTime, timeLeft } from '@/utils/time';
import { placeInQueue, waitsFor, wayOut } from '@/utils/waiting';

interface Props {
  job: JobDetail;
  /** The last lines of a failed attempt, once they are read. */
  lastLines: ReactNode;
  /** How a tracked job's program reports, for one that waits. */
  reportExample: string;
}

/** What matters most about a job in its present state. */
export function Headline({ job, lastLines, reportExample }: Props) {
  switch (job.status) {
    case 'FAILED':
      return <FailedCause job={job}>{lastLines}</FailedCause>;
    case 'PENDING':
      return <PendingWait job={job} reportExample={reportExample} />;
    case 'RUNNING':
      return <RunningNow job={job} />;
    case 'COMPLETED':
      return <CompletedNote job={job} />;
    case 'CANCELLED':
      return <CancelledNote job={job} />;
  }
}

/** Why it failed, what a person can do about it, and the last lines it wrote. */
function FailedCause({ job, children }: { job: JobDetail; children: ReactNode }) {
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

/** Why it is not running yet, when it may, and what would help. */
function PendingWait({ job, reportExample }: { job: JobDetail; reportExample: string }) {
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

/** How far it is, how long it will still take, and whether somebody asked it to stop. */
function RunningNow({ job }: { job: JobDetail }) {
  const worker = job.attempts.at(-1)?.worker;
  return (
    <Callout
      status="RUNNING"
      title={
        job.cancel_requested_at
          ? 'Being cancelled'
          : job.progress === null
            ? 'Running'
            : `${job.progress}% done`
      }
      aside={<Left job={job} />}
    >
      {job.progress !== null && (
        <div className="mt-3 [&_[role=progressbar]]:h-2">
          <ProgressBar
            value={job.progress}
            status="RUNNING"
            label={`Progress of ${job.name}`}
            bare={!job.cancel_requested_at}
          />
        </div>
      )}
      {job.status_message && <p className="mt-2 break-words">{job.status_message}</p>}
      {job.cancel_requested_at && (
        <p className="mt-2 text-pending">
          {job.cancel_requested_by || 'Somebody'} asked for it <RelativeTime at={job.cancel_requested_at} />.
          Its processes are asked to stop, then killed.
        </p>
      )}
      <p className="mt-2 text-muted">
        {worker ? `On ${worker}` : 'Reported by its own program'}
        {job.max_attempts > 1 && `, attempt ${job.attempt} of ${job.max_attempts}`}
        {job.kind === 'tracked' && (
          <>
            , last heard of <RelativeTime at={job.latest_status.timestamp} />
          </>
        )}
        {job.progress === null &&
          job.kind === 'run' &&
          '. It reports no progress; its log shows what it does'}
        .
      </p>
    </Callout>
  );
}

function Left({ job }: { job: JobDetail }) {
  const now = useNow(1_000);
  if (!job.started_at || job.cancel_requested_at) return null;
  const left = timeLeft(job.progress, (now.getTime() - Date.parse(job.started_at)) / 1000);
  return left === null ? null : <>about {duration(Math.max(1, Math.round(left)))} left</>;
}

/** That it went well; the result itself stands right below. */
function CompletedNote({ job }: { job: JobDetail }) {
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

/** Who stopped it, and the receipt: what was done so that nothing of it runs on. */
function CancelledNote({ job }: { job: JobDetail }) {
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

import { RelativeTime } from '@/components/Common/RelativeTime';
import { Callout } from '@/components/JobDetail/Callout';
import { ProgressBar } from '@/components/ProgressBar';
import { useNow } from '@/hooks/ui/useNow';
import type { JobDetail } from '@/services/jobs';
import { timeLeft } from '@/utils/timeLeft';
import { duration } from '@/utils/time';

/** How far it is, how long it will still take, and whether somebody asked it to stop. */
export function RunningNow({ job }: { job: JobDetail }) {
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

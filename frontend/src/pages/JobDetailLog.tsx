import { useCallback } from 'react';
import { EmptyState } from '@/components/Common/EmptyState';
import { LogViewer } from '@/components/LogViewer/LogViewer';
import { Terminal } from 'lucide-react';
import { usePreferences } from '@/contexts/PreferencesContext';
import { useJobLog } from '@/hooks/useJobLog';
import { addressOf, type JobPlace } from '@/hooks/useJobPlace';
import { useLogDownload } from '@/hooks/useLogDownload';
import type { JobDetail } from '@/services/jobs';

interface Props {
  job: JobDetail;
  place: JobPlace;
  go: (change: Partial<JobPlace>) => void;
}

/** The log at the place that the address names. */
export function JobDetailLog({ job, place, go }: Props) {
  if (job.attempts.length === 0) {
    return (
      <EmptyState icon={Terminal} title="No output yet">
        <p>It has not started. What it writes appears here as it comes.</p>
      </EmptyState>
    );
  }
  return <Log key={`${place.attempt} ${place.stream}`} job={job} place={place} go={go} />;
}

function Log({ job, place, go }: Props) {
  const { attempt, stream, line } = place;
  const found = job.attempts.find((each) => each.number === attempt);
  const running = found?.ended_at === null;
  const log = useJobLog({ id: job.id, attempt, stream, line, ended: !running });
  const download = useLogDownload();
  const { preferences, change } = usePreferences();
  const lineHref = useCallback(
    (number: number) =>
      window.location.pathname +
      addressOf(window.location.search, { tab: 'log', attempt, stream, line: number }),
    [attempt, stream],
  );
  return (
    <LogViewer
      log={log}
      running={running}
      line={line}
      lineHref={lineHref}
      stream={stream}
      sizes={found?.log_sizes ?? { stdout: 0, stderr: 0 }}
      onStream={(next) => go({ tab: 'log', stream: next, attempt })}
      attempt={attempt}
      attempts={job.attempts.map((each) => each.number)}
      onAttempt={(next) => go({ tab: 'log', attempt: next, stream })}
      wrap={preferences.wrapLog}
      onWrap={(wrapLog) => change({ wrapLog })}
      onLine={(number) => go({ tab: 'log', attempt, stream, line: number })}
      onDownload={() => download.mutate({ id: job.id, attempt, stream })}
      downloading={download.isPending}
    />
  );
}

import { useCallback } from 'react';
import { ArchivedNote } from '@/components/JobDetail/ArchivedNote';
import { AttemptsTable } from '@/components/JobDetail/AttemptsTable';
import { DependencyLists } from '@/components/JobDetail/DependencyLists';
import { Details } from '@/components/JobDetail/Details';
import { Headline } from '@/components/JobDetail/Headline';
import { JobButtons } from '@/components/JobDetail/JobButtons';
import { JobHeader } from '@/components/JobDetail/JobHeader';
import { JobTabs, type TabContent } from '@/components/JobDetail/JobTabs';
import { LastLines } from '@/components/JobDetail/LastLines';
import { ResultView } from '@/components/JobDetail/ResultView';
import { StatusTimeline } from '@/components/JobDetail/StatusTimeline';
import { useDependencies } from '@/hooks/useDependencies';
import { TABS, useJobPlace, type PlaceTab } from '@/hooks/useJobPlace';
import { useLastLines } from '@/hooks/useLastLines';
import { useDetailActions } from '@/pages/JobDetailActions';
import { JobDetailLog } from '@/pages/JobDetailLog';
import type { JobDetail } from '@/services/jobs';
import { curlReport } from '@/utils/curl';
import { saveFile } from '@/utils/download';
import { hasEnded } from '@/utils/status';
import { useCurlTarget } from '@/hooks/useCurlTarget';

/** Everything about a job that is there. */
export function JobDetailView({ job }: { job: JobDetail }) {
  const { place, go } = useJobPlace(job);
  const { run, busy, restoring, dialogs } = useDetailActions(job);
  const last = job.attempts.at(-1);
  const lastLines = useLastLines(
    job.id,
    job.status === 'FAILED' ? (last?.number ?? null) : null,
    last?.log_complete ?? false,
  );
  const openLog = useCallback((attempt: number) => go({ tab: 'log', attempt }), [go]);
  const target = useCurlTarget();
  const { data: neighbours } = useDependencies(job.id);
  const hasNeighbours = neighbours && neighbours.depends_on.length + neighbours.needed_by_count > 0;
  const tabs: Partial<Record<PlaceTab, TabContent>> = {
    ...(job.kind === 'run' && {
      log: { label: 'Log', content: <JobDetailLog job={job} place={place} go={go} /> },
    }),
    result: {
      label: 'Result',
      content: (
        <ResultView
          result={job.result_data}
          ended={hasEnded(job.status)}
          onDownload={() => saveResult(job)}
        />
      ),
    },
    history: {
      label: 'History',
      count: job.status_history_count,
      content: (
        <StatusTimeline
          statuses={job.statuses}
          attempts={job.attempts}
          total={job.status_history_count}
          truncated={job.statuses_truncated}
        />
      ),
    },
    ...(job.attempts.length > 0 && {
      attempts: {
        label: 'Attempts',
        count: job.attempts.length,
        content: <AttemptsTable attempts={job.attempts} onLog={job.kind === 'run' ? openLog : undefined} />,
      },
    }),
    ...(hasNeighbours && {
      dependencies: {
        label: 'Dependencies',
        count: neighbours.depends_on.length + neighbours.needed_by_count,
        content: <DependencyLists {...neighbours} />,
      },
    }),
    details: { label: 'Details', content: <Details job={job} /> },
  };
  return (
    <>
      <JobHeader job={job} actions={<JobButtons job={job} busy={busy} onAction={run} />} />
      <ArchivedNote job={job} busy={restoring} onRestore={() => run('restore')} />
      <Headline
        job={job}
        reportExample={curlReport(target, job.id, {
          status_type: 'RUNNING',
          progress: 10,
          message: 'Started',
        })}
        lastLines={
          lastLines.data && (
            <LastLines
              {...lastLines.data}
              onOpen={() => go({ tab: 'log', stream: lastLines.data?.stream, attempt: last?.number })}
            />
          )
        }
      />
      <JobTabs
        order={TABS}
        tabs={tabs}
        current={tabs[place.tab] ? place.tab : 'details'}
        onChange={(tab) => go({ tab })}
      />
      {dialogs}
    </>
  );
}

function saveResult(job: JobDetail): void {
  const text = JSON.stringify(job.result_data, null, 2);
  saveFile(new Blob([text], { type: 'application/json' }), `job-${job.id}-result.json`);
}

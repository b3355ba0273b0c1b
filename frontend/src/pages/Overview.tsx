import { clsx } from 'clsx';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { ChartPanel } from '@/components/Stats/ChartPanel';
import { CHARTS } from '@/components/Stats/charts';
import { CountTiles } from '@/components/Stats/CountTiles';
import { NewestFailures } from '@/components/Stats/NewestFailures';
import { Queues } from '@/components/Stats/Queues';
import { StatsFilters } from '@/components/Stats/StatsFilters';
import { Timings } from '@/components/Stats/Timings';
import { usePageTitle } from '@/hooks/ui/usePageTitle';
import { useFigures } from '@/hooks/useFigures';
import { useFreshRows } from '@/hooks/useFreshRows';
import { useJobs } from '@/hooks/useJobs';
import { useStats } from '@/hooks/useStats';
import { useStatsSearch } from '@/hooks/useStatsSearch';
import { asProblem } from '@/services/problem';
import { jobsAddress } from '@/utils/jobsAddress';

/** How the whole is doing, or a queue, or a person's jobs: what is wrong now, what gets done, how long it takes. */
export default function Overview() {
  usePageTitle('Overview');
  const { search, change } = useStatsSearch();
  const everything = useStats();
  const figures = useFigures(search);
  const part = { queue: search.queue, owner: search.owner };
  const failures = useJobs({
    status: ['FAILED'],
    ordering: '-completed_at',
    size: 8,
    ...(part.queue && { queue: [part.queue] }),
    ...(part.owner && { owner: [part.owner] }),
  });
  useFreshRows(failures, true);
  const error = figures.error ?? failures.error;
  const stats = figures.data;
  return (
    <>
      <header className="mb-4 flex items-baseline justify-between gap-4">
        <h1 className="text-title">Overview</h1>
        {stats && (
          <p className="text-small text-muted">
            {stats.bucket !== 'hour' && stats.zone === 'UTC' && <>days of UTC · </>}
            as of <RelativeTime at={stats.as_of} />
          </p>
        )}
      </header>
      <StatsFilters
        search={search}
        queues={everything.data?.by_queue.map(({ queue }) => queue) ?? []}
        owners={everything.data?.by_owner.map(({ owner }) => owner) ?? []}
        onChange={change}
      />
      {error && (
        <div className="mb-4">
          <ErrorAlert
            problem={asProblem(error)}
            busy={figures.isFetching || failures.isFetching}
            onRetry={() => void Promise.all([figures.refetch(), failures.refetch()])}
          />
        </div>
      )}
      <div className={clsx(figures.isPlaceholderData && 'opacity-60')} aria-busy={figures.isPlaceholderData}>
        <CountTiles counts={stats?.by_status} part={part} />
        <div className="mt-4 grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
          <NewestFailures jobs={failures.data?.results} all={jobsAddress({ ...part, status: 'FAILED' })} />
          <div className="grid grid-cols-1 gap-4">
            <Timings stats={stats} />
            {!part.queue && <Queues queues={stats?.by_queue ?? []} />}
          </div>
        </div>
        <div className="mt-4 grid grid-cols-1 gap-4 lg:grid-cols-2">
          {CHARTS.map((chart) => (
            <div key={chart.title} className={clsx(chart.kind === 'bars' && 'lg:col-span-2')}>
              <ChartPanel chart={chart} stats={stats} part={part} />
            </div>
          ))}
        </div>
      </div>
    </>
  );
}

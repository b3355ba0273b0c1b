import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { CountTiles } from '@/components/Stats/CountTiles';
import { NewestFailures } from '@/components/Stats/NewestFailures';
import { Queues } from '@/components/Stats/Queues';
import { ThroughputChart } from '@/components/Stats/ThroughputChart';
import { Timings } from '@/components/Stats/Timings';
import { usePageTitle } from '@/hooks/ui/usePageTitle';
import { useFreshRows } from '@/hooks/useFreshRows';
import { useJobs } from '@/hooks/useJobs';
import { useStats } from '@/hooks/useStats';
import { asProblem } from '@/services/problem';

const FAILURES = { status: ['FAILED' as const], ordering: '-completed_at' as const, size: 8 };

/** How the whole is doing: what is wrong now, how much gets done, how long it takes. */
export default function Overview() {
  usePageTitle('Overview');
  const stats = useStats();
  const failures = useJobs(FAILURES);
  useFreshRows(failures, true);
  const error = stats.error ?? failures.error;
  return (
    <>
      <header className="mb-4 flex items-baseline justify-between gap-4">
        <h1 className="text-title">Overview</h1>
        {stats.data && (
          <p className="text-small text-muted">
            as of <RelativeTime at={stats.data.as_of} />
          </p>
        )}
      </header>
      {error && (
        <div className="mb-4">
          <ErrorAlert
            problem={asProblem(error)}
            busy={stats.isFetching || failures.isFetching}
            onRetry={() => void Promise.all([stats.refetch(), failures.refetch()])}
          />
        </div>
      )}
      <CountTiles counts={stats.data?.by_status} />
      <div className="mt-4 grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <NewestFailures jobs={failures.data?.results} />
        <div className="grid grid-cols-1 gap-4">
          <Timings stats={stats.data} />
          <Queues queues={stats.data?.by_queue ?? []} />
        </div>
        <div className="lg:col-span-2">
          <ThroughputChart hours={stats.data?.series ?? []} />
        </div>
      </div>
    </>
  );
}

import { Layers, Plus } from 'lucide-react';
import { Link } from 'react-router';
import { CodeBlock } from '@/components/Common/CodeBlock';
import { EmptyState } from '@/components/Common/EmptyState';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { LinkButton } from '@/components/Common/LinkButton';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { LoadingNote } from '@/components/Common/Skeleton';
import { QueueCards, QueueTable } from '@/components/Queues/QueueList';
import { useIsPhone } from '@/hooks/ui/useMediaQuery';
import { usePageTitle } from '@/hooks/ui/usePageTitle';
import { useCurlTarget } from '@/hooks/useCurlTarget';
import { useMe } from '@/hooks/useMe';
import { useStats } from '@/hooks/useStats';
import { asProblem } from '@/services/problem';
import type { Stats } from '@/services/stats';
import { curlCreate } from '@/utils/curl';
import { jobsAddress } from '@/utils/jobsAddress';
import { count, plural } from '@/utils/numbers';

/** What waits where: every queue with its jobs by status. */
export default function Queues() {
  usePageTitle('Queues');
  const stats = useStats();
  const List = useIsPhone() ? QueueCards : QueueTable;
  const empty = stats.data?.by_queue.length === 0;
  return (
    <>
      <header className="mb-4 flex flex-wrap items-baseline justify-between gap-x-4">
        <h1 className="text-title">Queues</h1>
        {stats.data && !empty && <Waiting stats={stats.data} />}
      </header>
      {stats.error && (
        <div className="mb-4">
          <ErrorAlert
            problem={asProblem(stats.error)}
            onRetry={() => void stats.refetch()}
            busy={stats.isFetching}
          />
        </div>
      )}
      {stats.isPending && <LoadingNote>Loading queues</LoadingNote>}
      {empty && <NoQueuesYet />}
      {!empty && (stats.data ?? stats.isPending) && (
        <List queues={stats.data?.by_queue} total={stats.data?.by_status} />
      )}
      {stats.data && stats.data.queues > stats.data.by_queue.length && (
        <p className="mt-2 text-small text-muted">
          The {count(stats.data.by_queue.length)} with the most to do of {count(stats.data.queues)} queues.
          The rest is in the totals.
        </p>
      )}
    </>
  );
}

/** How much waits in all, with a way to it. */
function Waiting({ stats }: { stats: Stats }) {
  return (
    <p className="text-small text-muted">
      <Link to={jobsAddress({ status: 'PENDING' })} className="text-base font-strong text-ink">
        {plural(stats.by_status.PENDING, 'job')} waiting
      </Link>{' '}
      · as of <RelativeTime at={stats.as_of} />
    </p>
  );
}

function NoQueuesYet() {
  const target = useCurlTarget();
  const canSubmit = useMe().data?.can_submit ?? false;
  const example = { name: 'resize', queue: 'thumbnails', command: 'echo resizing' };
  return (
    <EmptyState
      icon={Layers}
      title="No queues yet"
      actions={
        canSubmit && (
          <LinkButton to="/jobs/new" variant="primary" icon={Plus}>
            New job
          </LinkButton>
        )
      }
    >
      <p>
        A queue keeps jobs of one kind together. It is here as long as a job names it; a job that names none
        is in <code>default</code>.
      </p>
      {canSubmit && (
        <div className="mt-4">
          <CodeBlock>{curlCreate(target, example)}</CodeBlock>
        </div>
      )}
    </EmptyState>
  );
}

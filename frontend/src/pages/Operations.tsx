import { ListChecks } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';
import { Button } from '@/components/Common/Button';
import { EmptyState } from '@/components/Common/EmptyState';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { LoadingNote } from '@/components/Common/Skeleton';
import { usePageTitle } from '@/hooks/ui/usePageTitle';
import { useOperationPage } from '@/hooks/useOperations';
import { asProblem } from '@/services/problem';
import { count } from '@/utils/numbers';
import { headline } from '@/utils/operations';

/** What was done to many jobs at once, the newest first. */
export default function Operations() {
  usePageTitle('Operations');
  const [params, setParams] = useSearchParams();
  const operations = useOperationPage(params.get('cursor') ?? '');
  const next = operations.data?.next_cursor;
  return (
    <>
      <h1 className="mb-4 text-title">Operations</h1>
      {operations.error && (
        <ErrorAlert problem={asProblem(operations.error)} onRetry={() => void operations.refetch()} />
      )}
      {operations.isPending && <LoadingNote>Loading operations</LoadingNote>}
      {operations.data?.results.length === 0 && (
        <EmptyState icon={ListChecks} title="Nothing was done to many jobs yet">
          <p>
            Tick jobs in the <Link to="/">list</Link>, or everything that a filter shows. What is done with
            them stays here for two weeks, with what came of each job.
          </p>
        </EmptyState>
      )}
      <ul aria-label="Operations" className="grid gap-2">
        {operations.data?.results.map((one) => (
          <li
            key={one.id}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 rounded-lg border border-line bg-surface px-4 py-2"
          >
            <Link to={`/operations/${one.id}`} className="font-strong text-ink">
              {headline(one)}
            </Link>
            <span className="text-muted">
              {one.state === 'running' &&
                one.total !== null &&
                `${count(one.handled)} of ${count(one.total)} · `}
              {one.owner} · <RelativeTime at={one.created_at} />
            </span>
          </li>
        ))}
      </ul>
      {next && (
        <div className="mt-4 flex justify-center">
          <Button onClick={() => setParams({ cursor: next })}>Older ones</Button>
        </div>
      )}
    </>
  );
}

import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { Button } from '@/components/Common/Button';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { Panel } from '@/components/Common/Panel';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { LoadingNote } from '@/components/Common/Skeleton';
import { OperationPanel } from '@/components/Operations/OperationPanel';
import { Split } from '@/components/Operations/Split';
import { usePageTitle } from '@/hooks/ui/usePageTitle';
import { useAbortOperation, useOperation, useOutcomes, useUndoOperation } from '@/hooks/useOperations';
import type { Operation } from '@/services/operations';
import { asProblem } from '@/services/problem';
import { count } from '@/utils/numbers';
import { headline } from '@/utils/operations';

/** One operation: how far it has come, what was expected, and what came of each job. */
export default function OperationDetail() {
  const id = Number(useParams().id);
  const { data: operation, error, refetch } = useOperation(id);
  const navigate = useNavigate();
  const abort = useAbortOperation();
  const undo = useUndoOperation((begun) => void navigate(`/operations/${begun.id}`));
  usePageTitle(operation ? headline(operation) : 'Operation');
  if (error) return <ErrorAlert problem={asProblem(error)} onRetry={() => void refetch()} />;
  if (!operation) return <LoadingNote>Loading the operation</LoadingNote>;
  return (
    <div className="grid gap-4">
      <header>
        <h1 className="text-title">{headline(operation)}</h1>
        <p className="text-muted">
          Begun by {operation.owner} <RelativeTime at={operation.created_at} />
          {operation.undoes && (
            <>
              {' '}
              to undo <Link to={`/operations/${operation.undoes}`}>operation {operation.undoes}</Link>
            </>
          )}
          {operation.undone_by && (
            <>
              {' '}
              · undone by{' '}
              <Link to={`/operations/${operation.undone_by}`}>operation {operation.undone_by}</Link>
            </>
          )}
        </p>
      </header>
      <OperationPanel
        operation={operation}
        busy={abort.isPending || undo.isPending}
        onAbort={() => abort.mutate(id)}
        onUndo={() => undo.mutate(id)}
      />
      <div className="grid gap-4 md:grid-cols-2">
        <Panel title="As it was previewed">
          <div className="p-4">
            {operation.expected ? <Split split={operation.expected} /> : <p>Too many to count at once.</p>}
          </div>
        </Panel>
        <Panel title="What came of them">
          <div className="p-4">
            <Split split={operation.outcomes} />
            <Unmatched operation={operation} />
          </div>
        </Panel>
      </div>
      <Outcomes operation={operation} />
    </div>
  );
}

function Unmatched({ operation: { state, total, handled } }: { operation: Operation }) {
  if (state !== 'done' || total === null || total <= handled) return null;
  return (
    <p className="mt-2 text-muted">
      {count(total - handled)} had changed or gone since the preview and were left alone.
    </p>
  );
}

function Outcomes({ operation }: { operation: Operation }) {
  const [params, setParams] = useSearchParams();
  const outcome = operation.outcomes.find((one) => one.outcome === params.get('outcome'))?.outcome;
  const page = useOutcomes(operation.id, outcome, params.get('cursor') ?? '', operation.handled);
  const next = page.data?.next_cursor;
  return (
    <Panel
      title="Job by job"
      aside={
        <label className="flex items-center gap-2 text-muted">
          Outcome
          <select
            className="h-7 rounded-md border border-line-strong bg-surface px-2 text-ink"
            value={outcome ?? ''}
            onChange={({ target }) => setParams(target.value ? { outcome: target.value } : {})}
          >
            <option value="">every</option>
            {operation.outcomes.map((one) => (
              <option key={one.outcome} value={one.outcome}>
                {one.outcome.replaceAll('_', ' ')} ({count(one.jobs)})
              </option>
            ))}
          </select>
        </label>
      }
    >
      <ul aria-label="Outcomes" className="divide-y divide-line">
        {page.data?.results.map((one) => (
          <li key={one.job} className="flex gap-4 px-4 py-2">
            <Link to={`/jobs/${one.job}`} className="min-w-20">
              #{one.job}
            </Link>
            <span className="text-muted">{one.says}</span>
          </li>
        ))}
        {page.data?.results.length === 0 && <li className="px-4 py-2 text-muted">No job yet.</li>}
      </ul>
      {next && (
        <div className="flex justify-center border-t border-line p-2">
          <Button onClick={() => setParams({ ...(outcome && { outcome }), cursor: next })}>More</Button>
        </div>
      )}
    </Panel>
  );
}

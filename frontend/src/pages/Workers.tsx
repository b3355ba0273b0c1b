import { Server } from 'lucide-react';
import { CodeBlock } from '@/components/Common/CodeBlock';
import { EmptyState } from '@/components/Common/EmptyState';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { WorkerCards } from '@/components/Workers/WorkerCards';
import { WorkerTable } from '@/components/Workers/WorkerTable';
import { useIsPhone } from '@/hooks/ui/useMediaQuery';
import { usePageTitle } from '@/hooks/ui/usePageTitle';
import { useWorkers } from '@/hooks/useWorkers';
import { asProblem } from '@/services/problem';

/** Where jobs run: which workers there are, whether they answer, what they carry. */
export default function Workers() {
  usePageTitle('Workers');
  const workers = useWorkers();
  const List = useIsPhone() ? WorkerCards : WorkerTable;
  return (
    <>
      <h1 className="mb-4 text-title">Workers</h1>
      {workers.error && (
        <div className="mb-4">
          <ErrorAlert
            problem={asProblem(workers.error)}
            onRetry={() => void workers.refetch()}
            busy={workers.isFetching}
          />
        </div>
      )}
      {workers.data?.length === 0 && (
        <EmptyState icon={Server} title="No worker has reported yet">
          <p>
            Jobs wait until one does. <code>make run</code> starts one with everything else:
          </p>
          <div className="mt-4">
            <CodeBlock>make run</CodeBlock>
          </div>
        </EmptyState>
      )}
      {workers.data?.length !== 0 && !workers.isError && <List workers={workers.data} />}
    </>
  );
}

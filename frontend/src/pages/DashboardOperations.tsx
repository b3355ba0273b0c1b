import { useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { OperationPanel } from '@/components/Operations/OperationPanel';
import {
  useAbortOperation,
  useOperation,
  useRunningOperations,
  useUndoOperation,
} from '@/hooks/useOperations';
import { jobKeys } from '@/services/jobs';

/** The operations that run, and those that ended while one looked, until they are put away. */
export default function DashboardOperations() {
  const running = useRunningOperations().data;
  const [seen, setSeen] = useState<number[]>([]);
  const [away, setAway] = useState<number[]>([]);
  const now = running?.map((one) => one.id) ?? [];
  const all = [...new Set([...seen, ...now])].filter((id) => !away.includes(id));
  const news = now.filter((id) => !seen.includes(id));
  if (news.length > 0) setSeen([...seen, ...news]);
  if (all.length === 0) return null;
  return (
    <div className="mb-4 grid gap-2">
      {all.map((id) => (
        <Watched key={id} id={id} onDismiss={() => setAway([...away, id])} />
      ))}
    </div>
  );
}

function Watched({ id, onDismiss }: { id: number; onDismiss: () => void }) {
  const client = useQueryClient();
  const operation = useOperation(id).data;
  const abort = useAbortOperation();
  const undo = useUndoOperation(onDismiss);
  const ended = operation !== undefined && operation.state !== 'running';
  useEffect(() => {
    if (ended) void client.invalidateQueries({ queryKey: jobKeys.lists });
  }, [client, ended]);
  if (!operation) return null;
  return (
    <OperationPanel
      operation={operation}
      busy={abort.isPending || undo.isPending}
      onAbort={() => abort.mutate(id)}
      onUndo={() => undo.mutate(id)}
      onDismiss={onDismiss}
    />
  );
}

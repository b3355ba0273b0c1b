import { useState } from 'react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useToasts } from '@/contexts/ToastContext';
import {
  abortOperation,
  beginOperation,
  fetchOperation,
  fetchOperations,
  fetchOutcomes,
  fetchRunning,
  operationKeys,
  previewOperation,
  undoOperation,
  type Members,
  type Operation,
  type Outcome,
} from '@/services/operations';
import { asProblem } from '@/services/problem';
import { IdempotencyKeys } from '@/utils/idempotency';

const WATCH_MS = 1_000;

/** An operation, read every second while it runs. */
export function useOperation(id: number) {
  return useQuery({
    queryKey: operationKeys.one(id),
    queryFn: ({ signal }) => fetchOperation(id, signal),
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'running' ? false : WATCH_MS),
  });
}

/** Those that run: looked for once, and again whenever one is begun here. */
export function useRunningOperations() {
  return useQuery({ queryKey: operationKeys.running, queryFn: ({ signal }) => fetchRunning(signal) });
}

export function useOperationPage(cursor: string) {
  return useQuery({
    queryKey: operationKeys.list(cursor),
    queryFn: ({ signal }) => fetchOperations(cursor, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.results.some((one) => one.state === 'running') ? WATCH_MS : false,
  });
}

export function useOutcomes(id: number, outcome: Outcome | undefined, cursor: string, handled: number) {
  return useQuery({
    queryKey: [...operationKeys.outcomes(id, outcome, cursor), handled],
    queryFn: ({ signal }) => fetchOutcomes(id, outcome, cursor, signal),
    placeholderData: keepPreviousData,
  });
}

/** What it would do; asked for once all that it needs is there. */
export function usePreview(said: Members, ready: boolean) {
  return useQuery({
    queryKey: operationKeys.preview(said),
    queryFn: ({ signal }) => previewOperation(said, signal),
    enabled: ready,
    staleTime: 60_000,
    gcTime: 0,
    retry: false,
  });
}

/** Begins what was previewed. */
export function useBeginOperation(onBegun: (operation: Operation) => void) {
  const [keys] = useState(() => new IdempotencyKeys());
  const noted = useNoted(onBegun);
  return useMutation({
    mutationFn: ({ said, preview }: { said: Members; preview: string }) => {
      const body = { ...said, preview };
      return beginOperation(body, keys.keyFor(body));
    },
    ...noted,
  });
}

export function useAbortOperation() {
  return useMutation({ mutationFn: (id: number) => abortOperation(id), ...useNoted() });
}

export function useUndoOperation(onBegun: (operation: Operation) => void) {
  return useMutation({ mutationFn: (id: number) => undoOperation(id), ...useNoted(onBegun) });
}

function useNoted(then?: (operation: Operation) => void) {
  const client = useQueryClient();
  const { show } = useToasts();
  return {
    onSuccess: (operation: Operation) => {
      client.setQueryData(operationKeys.one(operation.id), operation);
      void client.invalidateQueries({ queryKey: operationKeys.all });
      then?.(operation);
    },
    onError: (error: unknown) =>
      show({ tone: 'failed', title: 'That was not done', detail: asProblem(error).message }),
  };
}

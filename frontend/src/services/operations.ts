import type {
  JobOutcomePage,
  Members,
  NewOperation,
  Operation,
  OperationPage,
  OperationPreview,
  OutcomeCount,
} from '@/types/api.generated';
import { request } from '@/services/http';
import type { JobQuery } from '@/services/jobs';

export type { JobOutcomePage, Members, Operation, OperationPage, OperationPreview, OutcomeCount };
export type Doing = Members['action'];
export type Outcome = OutcomeCount['outcome'];

export const operationKeys = {
  all: ['operations'] as const,
  list: (cursor: string) => ['operations', 'list', cursor] as const,
  running: ['operations', 'running'] as const,
  one: (id: number) => ['operations', 'one', id] as const,
  outcomes: (id: number, outcome: Outcome | undefined, cursor: string) =>
    ['operations', 'outcomes', id, outcome, cursor] as const,
  preview: (said: Members) => ['operations', 'preview', said] as const,
};

const PLACE = ['page', 'size', 'cursor', 'ordering'];

/** Everything that a list with these filters has, on whichever page. */
export function selectionOf(query: JobQuery): NonNullable<Members['selection']> {
  return Object.fromEntries(Object.entries(query).filter(([name]) => !PLACE.includes(name)));
}

export function previewOperation(body: Members, signal?: AbortSignal): Promise<OperationPreview> {
  return request('POST /api/operations/preview/', { body, signal });
}

export function beginOperation(body: NewOperation, key: string): Promise<Operation> {
  return request('POST /api/operations/', { body, headers: { 'Idempotency-Key': key } });
}

export function fetchOperation(id: number, signal?: AbortSignal): Promise<Operation> {
  return request('GET /api/operations/{id}/', { path: { id }, signal });
}

export function fetchOperations(cursor: string, signal?: AbortSignal): Promise<OperationPage> {
  return request('GET /api/operations/', { query: cursor ? { cursor } : {}, signal });
}

export async function fetchRunning(signal?: AbortSignal): Promise<Operation[]> {
  const page = await request('GET /api/operations/', { query: { state: 'running' }, signal });
  return page.results;
}

export function fetchOutcomes(
  id: number,
  outcome: Outcome | undefined,
  cursor: string,
  signal?: AbortSignal,
): Promise<JobOutcomePage> {
  const query = { ...(outcome && { outcome }), ...(cursor && { cursor }) };
  return request('GET /api/operations/{id}/outcomes/', { path: { id }, query, signal });
}

export function abortOperation(id: number): Promise<Operation> {
  return request('POST /api/operations/{id}/abort/', { path: { id } });
}

export function undoOperation(id: number): Promise<Operation> {
  return request('POST /api/operations/{id}/undo/', { path: { id } });
}

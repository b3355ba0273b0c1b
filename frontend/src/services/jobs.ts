import type {
  Action,
  Attempt,
  Dependencies,
  JobDetail,
  JobPage,
  JobPatch,
  JobRead,
  JobStatus,
  JobWrite,
  JobsListData,
  JobsLogsRetrieveData,
  LogSlice,
  Reason,
  Receipt,
  ResourceRequirements,
  Status,
  WaitingFor,
} from '@/types/api.generated';
import { request } from '@/services/http';

export type {
  Action,
  Attempt,
  Dependencies,
  JobDetail,
  JobPage,
  JobPatch,
  JobStatus,
  JobWrite,
  LogSlice,
  Reason,
  Receipt,
  ResourceRequirements,
  Status,
  WaitingFor,
};
/** A job as lists and live frames carry it; JobDetail has more. */
export type Job = JobRead;
export type JobQuery = NonNullable<JobsListData['query']>;
export type LogQuery = NonNullable<JobsLogsRetrieveData['query']>;
export type Stream = NonNullable<LogQuery['stream']>;

/** Query keys from general to specific: invalidating one refreshes all below it. */
export const jobKeys = {
  all: ['jobs'] as const,
  lists: ['jobs', 'list'] as const,
  list: (query: JobQuery) => ['jobs', 'list', query] as const,
  details: ['jobs', 'detail'] as const,
  detail: (id: number) => ['jobs', 'detail', id] as const,
  dependencies: (id: number) => ['jobs', 'detail', id, 'dependencies'] as const,
  logs: (id: number, attempt: number, stream: Stream) => ['jobs', 'logs', id, attempt, stream] as const,
};

export function fetchJobs(query: JobQuery, signal?: AbortSignal): Promise<JobPage> {
  return request('GET /api/jobs/', { query, signal });
}

export function fetchJob(id: number, signal?: AbortSignal): Promise<JobDetail> {
  return request('GET /api/jobs/{id}/', { path: { id }, signal });
}

/** What it depends on and what depends on it. */
export function fetchDependencies(id: number, signal?: AbortSignal): Promise<Dependencies> {
  return request('GET /api/jobs/{id}/dependencies/', { path: { id }, signal });
}

export function fetchLog(id: number, query: LogQuery, signal?: AbortSignal): Promise<LogSlice> {
  return request('GET /api/jobs/{id}/logs/', { path: { id }, query, signal });
}

/** Sent again with the same key, it answers with the job that it made the first time. */
export function createJob(body: JobWrite, key?: string): Promise<JobDetail> {
  return request('POST /api/jobs/', { body, headers: key ? { 'Idempotency-Key': key } : {} });
}

/** With `version`, refused (412) when somebody else changed the job since that version was read. */
export function updateJob(id: number, body: JobPatch, version?: number): Promise<JobDetail> {
  const headers = version === undefined ? {} : { 'If-Match': `W/"${id}-${version}"` };
  return request('PATCH /api/jobs/{id}/', { path: { id }, body, headers });
}

export function cancelJob(id: number): Promise<Job> {
  return request('POST /api/jobs/{id}/cancel/', { path: { id } });
}

export function retryJob(id: number): Promise<Job> {
  return request('POST /api/jobs/{id}/retry/', { path: { id } });
}

export function deleteJob(id: number): Promise<void> {
  return request('DELETE /api/jobs/{id}/', { path: { id } });
}

/** Brings a job back from the archive. */
export function restoreJob(id: number): Promise<Job> {
  return request('POST /api/jobs/{id}/restore/', { path: { id } });
}

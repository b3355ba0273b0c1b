import type { QueryClient } from '@tanstack/react-query';
import { jobKeys, type Job, type JobDetail, type JobPage } from '@/services/jobs';

/** Puts a job as the server tells it into every list and detail that shows it; an older version changes nothing. */
export function placeJob(client: QueryClient, job: Job): void {
  mapLists(client, job.id, (row) => (job.version < row.version ? row : job));
  const detail = client.getQueryData<JobDetail>(jobKeys.detail(job.id));
  if (!detail || job.version < detail.version) return;
  client.setQueryData<JobDetail>(jobKeys.detail(job.id), mergeDetail(detail, job));
  // Attempts are in no frame; they change with these two. Nor is the place in the queue.
  if (detail.status !== job.status || detail.attempt !== job.attempt || job.status === 'PENDING') {
    void client.invalidateQueries({ queryKey: jobKeys.detail(job.id) });
  }
}

function mergeDetail(detail: JobDetail, job: Job): JobDetail {
  const newest = job.latest_status;
  const known = detail.statuses.some((each) => each.id === newest.id);
  return {
    ...detail,
    ...job,
    // Frames leave large results out; the detail has them whole, and refetches when the job moves on.
    ...(job.result_omitted && { result_data: detail.result_data, result_omitted: detail.result_omitted }),
    ...(job.waiting_for?.code === detail.waiting_for?.code && { waiting_for: detail.waiting_for }),
    statuses: known ? detail.statuses : [...detail.statuses, newest],
  };
}

/** Changes a job everywhere before the server has answered. Returns what puts everything back. */
export function patchJob(client: QueryClient, id: number, change: Partial<Job>): () => void {
  const restore = snapshot(client, id);
  mapLists(client, id, (row) => ({ ...row, ...change }));
  client.setQueryData<JobDetail>(jobKeys.detail(id), (detail) => detail && { ...detail, ...change });
  return restore;
}

/** What may be done with a job whose new state the server has not told yet: only what no state forbids. */
export function untilAnswered({ actions }: Job): Job['actions'] {
  return actions.filter((action) => action === 'resubmit');
}

/** After a refusal: what is shown is not how the job stands. */
export function readAgain(client: QueryClient, id: number): void {
  void client.invalidateQueries({ queryKey: jobKeys.lists });
  void client.invalidateQueries({ queryKey: jobKeys.detail(id) });
}

/** Takes a job out of every list. Returns what puts it back. */
export function dropJob(client: QueryClient, id: number): () => void {
  const restore = snapshot(client, id);
  client.setQueriesData<JobPage>({ queryKey: jobKeys.lists }, (page) => {
    if (!page?.results.some((row) => row.id === id)) return page;
    return { ...page, count: page.count - 1, results: page.results.filter((row) => row.id !== id) };
  });
  return restore;
}

function mapLists(client: QueryClient, id: number, change: (row: Job) => Job): void {
  client.setQueriesData<JobPage>({ queryKey: jobKeys.lists }, (page) => {
    if (!page?.results.some((row) => row.id === id)) return page;
    return { ...page, results: page.results.map((row) => (row.id === id ? change(row) : row)) };
  });
}

function snapshot(client: QueryClient, id: number): () => void {
  const lists = client.getQueriesData<JobPage>({ queryKey: jobKeys.lists });
  const detail = client.getQueryData<JobDetail>(jobKeys.detail(id));
  return () => {
    for (const [key, page] of lists) client.setQueryData(key, page);
    client.setQueryData(jobKeys.detail(id), detail);
  };
}

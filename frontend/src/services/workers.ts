import type { Worker, WorkerPage, WorkersListData } from '@/types/api.generated';
import { request } from '@/services/http';

export type { Worker };

export const workerKeys = { all: ['workers'] as const };

export async function fetchWorkers(signal?: AbortSignal): Promise<Worker[]> {
  const page = await request<WorkersListData, WorkerPage>('GET', { url: '/api/workers/', signal });
  return page.results;
}

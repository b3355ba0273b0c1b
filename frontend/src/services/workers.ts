import type { Worker } from '@/types/api.generated';
import { request } from '@/services/http';

export type { Worker };

export const workerKeys = { all: ['workers'] as const };

export async function fetchWorkers(signal?: AbortSignal): Promise<Worker[]> {
  const page = await request('GET /api/workers/', { signal });
  return page.results;
}

import type { JobsStatsRetrieveData, Stats, StatsBucket, StatusCounts } from '@/types/api.generated';
import { request } from '@/services/http';

export type { Stats, StatsBucket, StatusCounts };
/** What figures are narrowed to. */
export interface Part {
  queue?: string;
  owner?: string;
}
export type StatsRange = NonNullable<JobsStatsRetrieveData['query']>;

export const statsKeys = {
  all: ['stats'] as const,
  range: (range: StatsRange) => ['stats', range] as const,
  figures: (of: object) => ['stats', 'figures', of] as const,
};

export function fetchStats(range: StatsRange, signal?: AbortSignal): Promise<Stats> {
  return request('GET /api/jobs/stats/', { query: range, signal });
}

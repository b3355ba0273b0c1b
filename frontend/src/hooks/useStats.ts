import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { fetchStats, statsKeys, type StatsRange } from '@/services/stats';

export function useStats(range: StatsRange = {}) {
  return useQuery({
    queryKey: statsKeys.range(range),
    queryFn: ({ signal }) => fetchStats(range, signal),
    placeholderData: keepPreviousData,
  });
}

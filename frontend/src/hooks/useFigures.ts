import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useStats } from '@/hooks/useStats';
import { fetchStats, statsKeys, type StatsRange } from '@/services/stats';
import { RANGES, type StatsSearch } from '@/utils/statsRange';
import { wholeHourZone } from '@/utils/time';

const EVERY_MS = 30_000;
const HOUR_MS = 3_600_000;

/** The figures that the address asks for, read again every half a minute. Those of the last day follow live frames. */
export function useFigures(search: StatsSearch) {
  const usual = search.range === 'day' && !search.queue && !search.owner;
  const live = useStats();
  const asked = useQuery({
    queryKey: statsKeys.figures(search),
    queryFn: ({ signal }) => fetchStats(toQuery(search), signal),
    placeholderData: keepPreviousData,
    refetchInterval: EVERY_MS,
    enabled: !usual,
  });
  return usual ? live : asked;
}

function toQuery({ range, bucket, queue, owner }: StatsSearch): StatsRange {
  const from = new Date(Date.now() - RANGES[range].hours * HOUR_MS).toISOString();
  return { from, bucket, queue, owner, ...(bucket !== 'hour' && { zone: wholeHourZone(new Date(from)) }) };
}

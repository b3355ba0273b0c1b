import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { RANGE_NAMES, RANGES, type StatsSearch } from '@/utils/statsRange';

/** Reads and writes in the address what the figures are of. */
export function useStatsSearch() {
  const [params, setParams] = useSearchParams();
  const search = useMemo(() => parse(params), [params]);
  const change = (part: Partial<StatsSearch>) => setParams(format({ ...search, ...part }));
  return { search, change };
}

function parse(params: URLSearchParams): StatsSearch {
  const range = RANGE_NAMES.find((name) => name === params.get('range')) ?? 'day';
  const { buckets } = RANGES[range];
  return {
    range,
    bucket: buckets.find((bucket) => bucket === params.get('bucket')) ?? buckets[0],
    queue: params.get('queue') ?? undefined,
    owner: params.get('owner') ?? undefined,
  };
}

function format({ range, bucket, queue, owner }: StatsSearch): URLSearchParams {
  const { buckets } = RANGES[range];
  return new URLSearchParams({
    ...(range !== 'day' && { range }),
    ...(buckets.includes(bucket) && bucket !== buckets[0] && { bucket }),
    ...(queue && { queue }),
    ...(owner && { owner }),
  });
}

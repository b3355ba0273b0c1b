import { useQuery } from '@tanstack/react-query';
import { fetchDependencies, jobKeys } from '@/services/jobs';

const NEIGHBOURS_MS = 5_000;

/** Live frames tell of this job only, so how its neighbours stand is asked for while the page is open. */
export function useDependencies(id: number) {
  return useQuery({
    queryKey: jobKeys.dependencies(id),
    queryFn: ({ signal }) => fetchDependencies(id, signal),
    refetchInterval: ({ state }) =>
      state.data && state.data.depends_on.length + state.data.needed_by_count === 0 ? false : NEIGHBOURS_MS,
  });
}

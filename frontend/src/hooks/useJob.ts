import { useQuery } from '@tanstack/react-query';
import { fetchJob, jobKeys } from '@/services/jobs';

const PLACE_MS = 10_000;

export function useJob(id: number) {
  return useQuery({
    queryKey: jobKeys.detail(id),
    queryFn: ({ signal }) => fetchJob(id, signal),
    // Its place in the queue changes while nothing happens to the job itself.
    refetchInterval: ({ state }) => (state.data?.status === 'PENDING' ? PLACE_MS : false),
  });
}

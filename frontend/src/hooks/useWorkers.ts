import { useQuery } from '@tanstack/react-query';
import { fetchWorkers, workerKeys } from '@/services/workers';

const HEARTBEAT_MS = 5_000;

/** Workers are in no live frame, so they are asked for as often as they beat. */
export function useWorkers() {
  return useQuery({
    queryKey: workerKeys.all,
    queryFn: ({ signal }) => fetchWorkers(signal),
    refetchInterval: HEARTBEAT_MS,
  });
}

import { useQuery } from '@tanstack/react-query';
import { fetchJob, jobKeys } from '@/services/jobs';

export function useJob(id: number) {
  return useQuery({
    queryKey: jobKeys.detail(id),
    queryFn: ({ signal }) => fetchJob(id, signal),
  });
}

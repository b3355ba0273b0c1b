import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { fetchJobs, jobKeys, type JobQuery } from '@/services/jobs';

/** A page of jobs. While another page loads, `data` is still the one before and `isPlaceholderData` is true. */
export function useJobs(query: JobQuery) {
  return useQuery({
    queryKey: jobKeys.list(query),
    queryFn: ({ signal }) => fetchJobs(query, signal),
    placeholderData: keepPreviousData,
  });
}

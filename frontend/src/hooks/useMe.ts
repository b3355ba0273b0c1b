import { useQuery } from '@tanstack/react-query';
import { fetchMe, meKeys } from '@/services/me';

export function useMe() {
  return useQuery({
    queryKey: meKeys.me,
    queryFn: ({ signal }) => fetchMe(signal),
    staleTime: Infinity,
  });
}

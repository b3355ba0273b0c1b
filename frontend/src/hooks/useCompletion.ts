import { useQuery } from '@tanstack/react-query';
import { fetchCompletion, searchKeys } from '@/services/search';

const FRESH_MS = 30_000;

/** What could stand at the caret of a search; nothing until that is known for this very text, and while `caret` is null. */
export function useCompletion(query: string, caret: number | null) {
  return useQuery({
    queryKey: searchKeys.completion(query, caret ?? 0),
    queryFn: ({ signal }) => fetchCompletion(query, caret ?? 0, signal),
    enabled: caret !== null,
    staleTime: FRESH_MS,
    retry: false,
  }).data;
}

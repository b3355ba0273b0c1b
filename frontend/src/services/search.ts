import type { Completion, FieldError, Suggestion } from '@/types/api.generated';
import { request } from '@/services/http';

export type { Completion, FieldError, Suggestion };

export const searchKeys = {
  completion: (query: string, caret: number) => ['search', 'completion', query, caret] as const,
};

/** What could stand at the caret; places are in characters, as the server counts them. */
export function fetchCompletion(q: string, caret: number, signal?: AbortSignal): Promise<Completion> {
  return request('GET /api/jobs/search/suggest/', { query: { q, caret }, signal });
}

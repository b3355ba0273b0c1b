import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { meKeys } from '@/services/me';
import { ProblemError } from '@/services/problem';

/** A 401 anywhere means that the session is over; asking for `me` again shows the way in. */
function noticeSignOut(client: () => QueryClient) {
  return (error: unknown) => {
    if (!(error instanceof ProblemError) || error.status !== 401) return;
    if (client().getQueryData(meKeys.me)) void client().resetQueries({ queryKey: meKeys.me });
  };
}

export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: noticeSignOut(() => client) }),
    mutationCache: new MutationCache({ onError: noticeSignOut(() => client) }),
    defaultOptions: {
      // Jobdeck is mostly on loopback, which works without what the browser calls "online".
      queries: { networkMode: 'always', staleTime: 5_000, retry: retryable },
      mutations: { networkMode: 'always', retry: false },
    },
  });
  return client;
}

function retryable(failures: number, error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 0 || error.status >= 500) && failures < 2;
}

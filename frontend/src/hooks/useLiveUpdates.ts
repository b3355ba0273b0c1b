import { useEffect } from 'react';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useLive } from '@/contexts/LiveContext';
import { dropJob, placeJob, readAgain } from '@/hooks/jobCache';
import { useLatest } from '@/hooks/ui/useLatest';
import { jobKeys } from '@/services/jobs';
import type { LiveFrame, Topic } from '@/services/live';
import { statsKeys, type Stats } from '@/services/stats';

/** Lets live frames into the query cache; mounted once, in the shell. */
export function useLiveUpdates(): void {
  const live = useLive();
  const client = useQueryClient();
  useEffect(() => live.subscribe({ subscribe: 'stats' }, (frame) => apply(client, frame)), [live, client]);
}

function apply(client: QueryClient, frame: LiveFrame): void {
  switch (frame.type) {
    case 'job':
      placeJob(client, frame.job);
      break;
    case 'job_not_found':
      // Gone before it was ever told of, or archived: its own address knows.
      readAgain(client, frame.id);
      break;
    case 'job_deleted':
      dropJob(client, frame.id);
      void client.invalidateQueries({ queryKey: jobKeys.detail(frame.id) });
      break;
    case 'stats':
      client.setQueriesData<Stats>(
        { queryKey: statsKeys.range({}), exact: true },
        (stats) =>
          stats && {
            ...stats,
            as_of: frame.as_of,
            by_status: frame.by_status,
            total: frame.total,
            by_queue: frame.by_queue,
            queues: frame.queues,
          },
      );
      break;
    case 'refetch':
      void client.invalidateQueries({ queryKey: jobKeys.lists });
      void client.invalidateQueries({ queryKey: jobKeys.details });
      void client.invalidateQueries({ queryKey: statsKeys.all });
      break;
    default:
  }
}

/** Asks the server for frames about one job while the caller is mounted. */
export function useLiveJob(id: number): void {
  useSubscription({ subscribe: 'job', id });
}

/** The same for the rows of a list. `onListChanged` is told that jobs came or went, at most once a second. */
export function useLiveJobs(ids: number[], onListChanged: () => void): void {
  useSubscription({ subscribe: 'jobs', ids }, (frame) => {
    if (frame.type === 'list_changed') onListChanged();
  });
}

function useSubscription(topic: Topic, onFrame?: (frame: LiveFrame) => void): void {
  const live = useLive();
  const latest = useLatest({ topic, onFrame });
  const wanted = JSON.stringify(topic);
  useEffect(
    () => live.subscribe(latest.current.topic, (frame) => latest.current.onFrame?.(frame)),
    [live, wanted, latest],
  );
}

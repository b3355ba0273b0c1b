import { useEffect, useMemo, useState } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useLiveJobs } from '@/hooks/useLiveUpdates';
import type { JobPage } from '@/services/jobs';

/**
 * Keeps the visible rows live. When jobs come or go, the first page is quietly read again; a later page would jump
 * under the reader's eyes, so there `changed` turns true instead.
 */
export function useFreshRows(jobs: UseQueryResult<JobPage>, onFirstPage: boolean) {
  const [changedSince, setChangedSince] = useState(0);
  const ids = useMemo(
    // Nothing happens to archived ones, and live updates do not know them.
    () => jobs.data?.results.filter((job) => !job.archived_at).map((job) => job.id) ?? [],
    [jobs.data],
  );
  useLiveJobs(ids, () => setChangedSince(Date.now()));
  const behind = changedSince > jobs.dataUpdatedAt;
  const { isFetching, refetch } = jobs;
  useEffect(() => {
    // One at a time: a list that changes every second must not cut off its own slow answer.
    if (behind && onFirstPage && !isFetching) void refetch();
  }, [behind, onFirstPage, isFetching, refetch]);
  return { changed: behind && !onFirstPage };
}

import { useCallback } from 'react';
import { useLatest } from '@/hooks/ui/useLatest';
import { useCancelJob } from '@/hooks/useCancelJob';
import { useDeleteJob } from '@/hooks/useDeleteJob';
import { useRetryJob } from '@/hooks/useRetryJob';
import type { Job } from '@/services/jobs';

/** The three actions behind one function that stays the same, so that rows need not be drawn again. */
export function useJobActions() {
  const mutations = { cancel: useCancelJob(), retry: useRetryJob(), delete: useDeleteJob() };
  const latest = useLatest(mutations);
  return useCallback(
    (action: keyof typeof mutations, job: Job) => latest.current[action].mutate(job),
    [latest],
  );
}

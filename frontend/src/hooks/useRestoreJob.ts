import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useToasts } from '@/contexts/ToastContext';
import { placeJob, readAgain } from '@/hooks/jobCache';
import { restoreJob, type Job } from '@/services/jobs';
import { asProblem } from '@/services/problem';
import { statsKeys } from '@/services/stats';

/** Brings an archived job back into lists and totals. */
export function useRestoreJob() {
  const client = useQueryClient();
  const { show } = useToasts();
  return useMutation({
    mutationFn: (job: Job) => restoreJob(job.id),
    onSuccess: (answer) => {
      placeJob(client, answer);
      show({ tone: 'done', title: `${answer.name} is back in the list` });
    },
    onError: (error, job) =>
      show({ tone: 'failed', title: `${job.name} was not restored`, detail: asProblem(error).message }),
    onSettled: (_answer, _error, job) => {
      readAgain(client, job.id);
      void client.invalidateQueries({ queryKey: statsKeys.all });
    },
  });
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useToasts } from '@/contexts/ToastContext';
import { patchJob, placeJob, readAgain, untilAnswered } from '@/hooks/jobCache';
import { retryJob, type Job } from '@/services/jobs';
import { asProblem } from '@/services/problem';
import { statsKeys } from '@/services/stats';

/** Puts an ended job back into the queue as a new attempt: shown at once, rolled back when refused. */
export function useRetryJob() {
  const client = useQueryClient();
  const { show } = useToasts();
  return useMutation({
    mutationFn: (job: Job) => retryJob(job.id),
    onMutate: (job) => ({
      restore: patchJob(client, job.id, {
        status: 'PENDING',
        progress: null,
        reason: '',
        error_message: '',
        exit_code: null,
        signal: null,
        execution_time: null,
        started_at: null,
        completed_at: null,
        cancel_requested_at: null,
        actions: untilAnswered(job),
      }),
    }),
    onSuccess: (answer) => {
      placeJob(client, answer);
      show({
        tone: 'done',
        title: `${answer.name} is queued again`,
        detail: `It will be attempt ${answer.attempt}.`,
      });
    },
    onError: (error, job, context) => {
      context?.restore();
      readAgain(client, job.id);
      show({ tone: 'failed', title: `${job.name} was not retried`, detail: asProblem(error).message });
    },
    onSettled: () => void client.invalidateQueries({ queryKey: statsKeys.all }),
  });
}

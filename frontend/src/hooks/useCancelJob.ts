import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useToasts } from '@/contexts/ToastContext';
import { patchJob, placeJob, readAgain, untilAnswered } from '@/hooks/jobCache';
import { useRetryJob } from '@/hooks/useRetryJob';
import { cancelJob, type Job } from '@/services/jobs';
import { asProblem } from '@/services/problem';
import { statsKeys } from '@/services/stats';

/** Cancels a job: shown at once, rolled back when refused. A pending one can be put back from the toast. */
export function useCancelJob() {
  const client = useQueryClient();
  const { show } = useToasts();
  const retry = useRetryJob();
  return useMutation({
    mutationFn: (job: Job) => cancelJob(job.id),
    onMutate: (job) => ({ restore: patchJob(client, job.id, expected(job)) }),
    onSuccess: (answer, job) => {
      placeJob(client, answer);
      show(
        answer.status === 'CANCELLED'
          ? {
              tone: 'done',
              title: `Cancelled ${job.name}`,
              action: { label: 'Put it back', run: () => retry.mutate(answer) },
            }
          : { tone: 'note', title: `Cancelling ${job.name}`, detail: 'Its processes are being ended.' },
      );
    },
    onError: (error, job, context) => {
      context?.restore();
      readAgain(client, job.id);
      const problem = asProblem(error);
      show({ tone: 'failed', title: `${job.name} was not cancelled`, detail: problem.message });
    },
    onSettled: () => void client.invalidateQueries({ queryKey: statsKeys.all }),
  });
}

/** What a cancel will most likely make of the job. */
function expected(job: Job): Partial<Job> {
  const actions = untilAnswered(job);
  if (job.status === 'PENDING')
    return { status: 'CANCELLED', reason: 'cancelled', waiting_for: null, actions };
  return { cancel_requested_at: new Date().toISOString(), actions };
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useToasts } from '@/contexts/ToastContext';
import { dropJob, readAgain } from '@/hooks/jobCache';
import { deleteJob, jobKeys, type Job } from '@/services/jobs';
import { asProblem } from '@/services/problem';
import { statsKeys } from '@/services/stats';

/** Deletes a job with its history and logs: gone from lists at once, back when refused. */
export function useDeleteJob() {
  const client = useQueryClient();
  const { show } = useToasts();
  return useMutation({
    mutationFn: (job: Job) => deleteJob(job.id),
    onMutate: (job) => ({ restore: dropJob(client, job.id) }),
    onSuccess: (_, job) => {
      client.removeQueries({ queryKey: jobKeys.detail(job.id) });
      void client.invalidateQueries({ queryKey: jobKeys.lists });
      show({ tone: 'done', title: `Deleted ${job.name}` });
    },
    onError: (error, job, context) => {
      context?.restore();
      readAgain(client, job.id);
      show({ tone: 'failed', title: `${job.name} was not deleted`, detail: asProblem(error).message });
    },
    onSettled: () => void client.invalidateQueries({ queryKey: statsKeys.all }),
  });
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { createJob, jobKeys, type JobWrite } from '@/services/jobs';
import { statsKeys } from '@/services/stats';

/** Submits a job. Its errors belong to the form's fields, so no toast is shown for them. */
export function useCreateJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: JobWrite; key: string }) => createJob(body, key),
    onSuccess: (job) => {
      client.setQueryData(jobKeys.detail(job.id), job);
      void client.invalidateQueries({ queryKey: jobKeys.lists });
      void client.invalidateQueries({ queryKey: statsKeys.all });
    },
  });
}

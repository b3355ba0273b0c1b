import { useMutation, useQueryClient } from '@tanstack/react-query';
import { placeJob } from '@/hooks/jobCache';
import { jobKeys, updateJob, type JobPatch } from '@/services/jobs';
import { statsKeys } from '@/services/stats';

interface Update {
  id: number;
  change: JobPatch;
  /** The version that the change was made on; refused (412) when it is no longer the newest. */
  version?: number;
}

/** Edits a job, or reports the status of a tracked one. Its errors belong to the form that asked. */
export function useUpdateJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, change, version }: Update) => updateJob(id, change, version),
    onSuccess: (job) => {
      placeJob(client, job);
      client.setQueryData(jobKeys.detail(job.id), job);
    },
    onSettled: () => void client.invalidateQueries({ queryKey: statsKeys.all }),
  });
}

import { useMutation } from '@tanstack/react-query';
import { useToasts } from '@/contexts/ToastContext';
import type { Stream } from '@/services/jobs';
import { fetchLogFile } from '@/services/logs';
import { asProblem } from '@/services/problem';
import { saveFile } from '@/utils/download';

interface Wanted {
  id: number;
  attempt: number;
  stream: Stream;
}

/** Saves a whole stream of an attempt as a text file. */
export function useLogDownload() {
  const { show } = useToasts();
  return useMutation({
    mutationFn: ({ id, attempt, stream }: Wanted) => fetchLogFile(id, attempt, stream),
    onSuccess: (file, { id, attempt, stream }) =>
      saveFile(file, `job-${id}-attempt-${attempt}-${stream}.log`),
    onError: (error) =>
      show({ tone: 'failed', title: 'The log was not downloaded', detail: asProblem(error).message }),
  });
}

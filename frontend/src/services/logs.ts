import { requestFile } from '@/services/http';
import type { Stream } from '@/services/jobs';

/** A whole stream of an attempt as text/plain. */
export function fetchLogFile(id: number, attempt: number, stream: Stream): Promise<Blob> {
  return requestFile({ path: `/api/jobs/${id}/logs/`, query: { stream, attempt }, accept: 'text/plain' });
}

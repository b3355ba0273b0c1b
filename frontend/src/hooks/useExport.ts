import { useCallback } from 'react';
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useToasts } from '@/contexts/ToastContext';
import { exportKey, fetchExport, type ExportWanted } from '@/services/exports';
import { asProblem } from '@/services/problem';
import { saveFile } from '@/utils/download';

/** An export on its way. `lines` are the rows that have come; a row of CSV may have more than one. */
export interface ExportProgress {
  lines: number;
  bytes: number;
  seconds: number;
  stop: () => void;
}

const SHOWN_EVERY_MS = 200;

/** One export at a time, which goes on while other pages are looked at; null when there is none. */
export function useExport() {
  const client = useQueryClient();
  const { show } = useToasts();
  const { data: progress } = useQuery<ExportProgress | null>({
    queryKey: exportKey,
    queryFn: () => client.getQueryData<ExportProgress>(exportKey) ?? null,
    initialData: null,
    staleTime: Infinity,
    gcTime: Infinity,
  });
  const start = useCallback(
    async (wanted: ExportWanted) => {
      const stop = new AbortController();
      const note = noting(client, () => stop.abort());
      try {
        const file = await fetchExport(wanted, stop.signal, note);
        saveFile(file, `jobs-${new Date().toISOString().slice(0, 10)}.${wanted.format}`);
        show({ tone: 'done', title: 'The export is in your downloads' });
      } catch (error) {
        if (stop.signal.aborted) show({ tone: 'note', title: 'The export was stopped; nothing was saved' });
        else show({ tone: 'failed', title: 'The jobs were not exported', detail: asProblem(error).message });
      } finally {
        client.setQueryData(exportKey, null);
      }
    },
    [client, show],
  );
  return { progress, start };
}

/** Adds up what comes, and shows it now and then. */
function noting(client: QueryClient, stop: () => void) {
  const startedAt = Date.now();
  let [lines, bytes, shownAt] = [0, 0, startedAt];
  const tell = (seconds: number) =>
    client.setQueryData<ExportProgress>(exportKey, { lines, bytes, seconds, stop });
  tell(0);
  return (moreLines: number, moreBytes: number) => {
    lines += moreLines;
    bytes += moreBytes;
    const now = Date.now();
    if (now - shownAt < SHOWN_EVERY_MS) return;
    shownAt = now;
    tell((now - startedAt) / 1000);
  };
}

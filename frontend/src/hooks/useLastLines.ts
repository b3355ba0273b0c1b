import { useQuery } from '@tanstack/react-query';
import { fetchLog, jobKeys, type Stream } from '@/services/jobs';
import { LogWindow } from '@/utils/logWindow';

const LINES = 12;

export interface LastLines {
  stream: Stream;
  firstLine: number;
  lines: string[];
}

/** The last lines of a failed attempt: of its errors, or of its output where it wrote no errors. */
export function useLastLines(id: number, attempt: number | null, settled: boolean) {
  return useQuery({
    queryKey: [...jobKeys.logs(id, attempt ?? 0, 'stderr'), 'last', settled],
    enabled: attempt !== null,
    queryFn: async ({ signal }): Promise<LastLines | null> => {
      for (const stream of ['stderr', 'stdout'] as const) {
        const slice = await fetchLog(id, { stream, attempt: attempt ?? 1, tail: LINES }, signal);
        const window = LogWindow.of(slice);
        if (slice.text.trim() === '') continue;
        const lines = Array.from({ length: window.count }, (_, index) => window.line(index).text);
        return { stream, firstLine: window.firstLine, lines };
      }
      return null;
    },
  });
}

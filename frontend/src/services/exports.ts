import { requestFile } from '@/services/http';
import type { JobQuery } from '@/services/jobs';
import { ProblemError } from '@/services/problem';
import type { ExportColumn, ExportFormat } from '@/utils/exportColumns';

export const exportKey = ['export'] as const;

/** How each file ends when none of it is missing. */
const WHOLE: Record<ExportFormat, RegExp> = {
  csv: /\r\n# complete: [^\r\n]*\r\n$/,
  ndjson: /\{"complete":true,[^\n]*\}\n$/,
  json: /\]\n$/,
};
const ACCEPT: Record<ExportFormat, string> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};
const TAIL_BYTES = 200;
const LINE_BREAK = 10;
const TIME_LIMIT_MS = 12 * 3_600_000;

export interface ExportWanted {
  format: ExportFormat;
  /** None: all of them. */
  columns: readonly ExportColumn[];
  /** What the list shows; its order and page do not matter here. */
  query: JobQuery;
}

/** Every job that a list's filter shows, as a file. `onLines` is told how many more lines have come. */
export async function fetchExport(
  { format, columns, query }: ExportWanted,
  signal: AbortSignal,
  onLines: (lines: number, bytes: number) => void,
): Promise<Blob> {
  const filters = { ...query, ordering: undefined, page: undefined, size: undefined, cursor: undefined };
  const file = await requestFile({
    path: '/api/jobs/export/',
    query: { ...filters, format, columns: columns.join(','), bom: format === 'csv' },
    accept: ACCEPT[format],
    signal,
    timeLimit: TIME_LIMIT_MS,
    onPiece: (piece) => onLines(lineBreaks(piece), piece.length),
  });
  if (!WHOLE[format].test(await file.slice(-TAIL_BYTES).text())) throw cutOff();
  return file;
}

function lineBreaks(piece: Uint8Array): number {
  let found = 0;
  for (const byte of piece) if (byte === LINE_BREAK) found += 1;
  return found;
}

function cutOff(): ProblemError {
  return new ProblemError(0, {
    title: 'The export was cut off',
    detail: 'The file did not arrive whole, so it was not kept.',
    hint: 'Export it again.',
  });
}

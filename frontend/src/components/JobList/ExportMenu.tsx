import { useState } from 'react';
import { Download } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { Disclosure } from '@/components/Common/Disclosure';
import type { JobPage } from '@/services/jobs';
import { EXPORT_COLUMNS, type ExportColumn, type ExportFormat } from '@/utils/exportColumns';
import { bytes, count, plural } from '@/utils/numbers';
import { duration } from '@/utils/time';

/** An export on its way. `lines` have come; a row of CSV may have more than one. */
interface Progress {
  lines: number;
  bytes: number;
  seconds: number;
  stop: () => void;
}

interface Props {
  /** The page that is shown, for how many jobs there are; undefined while it is not known. */
  page: Pick<JobPage, 'count' | 'count_kind'> | undefined;
  progress: Progress | null;
  onExport: (format: ExportFormat, columns: readonly ExportColumn[]) => void;
}

const FORMATS: Record<ExportFormat, { word: string; says: string }> = {
  csv: { word: 'CSV', says: 'for spreadsheets' },
  json: { word: 'JSON', says: 'one array' },
  ndjson: { word: 'NDJSON', says: 'one object a line' },
};
const FORMAT_NAMES: readonly ExportFormat[] = ['csv', 'json', 'ndjson'];

/** Saves every job that the filter shows as a file; while one is on its way, how far it is. */
export function ExportMenu({ page, progress, onExport }: Props) {
  return (
    <Disclosure
      label="Export"
      className="w-72 p-4"
      trigger={(props) => (
        <Button icon={Download} busy={progress !== null} disabled={false} aria-label="Export" {...props}>
          <span className="hidden sm:inline">Export</span>
        </Button>
      )}
    >
      {() =>
        progress ? <OnItsWay progress={progress} page={page} /> : <Choice page={page} onExport={onExport} />
      }
    </Disclosure>
  );
}

function Choice({ page, onExport }: Omit<Props, 'progress'>) {
  const [format, setFormat] = useState<ExportFormat>('csv');
  const [chosen, setChosen] = useState<ReadonlySet<ExportColumn>>(new Set(EXPORT_COLUMNS));
  const all = chosen.size === EXPORT_COLUMNS.length;
  const columns = EXPORT_COLUMNS.filter((name) => chosen.has(name));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onExport(format, all ? [] : columns);
      }}
    >
      <p>{summary(page)}</p>
      <fieldset className="mt-3">
        <legend className="font-strong">Format</legend>
        {FORMAT_NAMES.map((name) => (
          <label key={name} className="flex min-h-6 items-center gap-2">
            <input type="radio" name="format" checked={format === name} onChange={() => setFormat(name)} />
            {FORMATS[name].word} <span className="text-small text-muted">{FORMATS[name].says}</span>
          </label>
        ))}
      </fieldset>
      <fieldset className="mt-3">
        <legend className="flex w-full items-center justify-between font-strong">
          Columns
          <Button variant="link" onClick={() => setChosen(new Set(all ? ['id'] : EXPORT_COLUMNS))}>
            {all ? 'Only the id' : 'All'}
          </Button>
        </legend>
        <div className="max-h-48 overflow-y-auto rounded-md border border-line p-2">
          {EXPORT_COLUMNS.map((name) => (
            <label key={name} className="flex min-h-6 items-center gap-2 font-mono text-small">
              <input
                type="checkbox"
                checked={chosen.has(name)}
                disabled={name === 'id'}
                onChange={() => setChosen(toggled(chosen, name))}
              />
              {name}
            </label>
          ))}
        </div>
      </fieldset>
      <Button type="submit" variant="primary" className="mt-4 w-full" disabled={page?.count === 0}>
        Export
      </Button>
    </form>
  );
}

function OnItsWay({ progress, page }: { progress: Progress; page: Props['page'] }) {
  const rate = progress.seconds > 0 ? progress.lines / progress.seconds : 0;
  const total = page?.count_kind === 'exact' ? page.count : null;
  const left = total === null || rate === 0 ? null : Math.max(0, (total - progress.lines) / rate);
  return (
    <div role="status">
      <p className="font-strong">
        {total === null
          ? plural(progress.lines, 'line')
          : `${count(Math.min(progress.lines, total))} of ${plural(total, 'job')}`}
      </p>
      <p className="text-small text-muted">
        {bytes(progress.bytes)}, {count(Math.round(rate))} a second
        {left !== null && `, about ${duration(Math.ceil(left))} left`}
      </p>
      <p className="mt-2 text-small text-muted">It goes on while you look at other pages here.</p>
      <Button className="mt-3 w-full" onClick={progress.stop}>
        Stop the export
      </Button>
    </div>
  );
}

function summary(page: Props['page']): string {
  if (!page) return 'Every job that the filter shows.';
  const atLeast = page.count_kind === 'at_least' ? 'At least ' : '';
  return `${atLeast}${plural(page.count, 'job')}: ${page.count === 0 ? 'there is nothing to export.' : 'all that the filter shows.'}`;
}

function toggled(chosen: ReadonlySet<ExportColumn>, name: ExportColumn): ReadonlySet<ExportColumn> {
  const next = new Set(chosen);
  if (!next.delete(name)) next.add(name);
  return next;
}

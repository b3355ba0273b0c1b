import { Panel } from '@/components/Common/Panel';
import type { Stats } from '@/services/stats';
import { percent } from '@/utils/numbers';
import { duration } from '@/utils/time';

const ROWS = [
  { word: 'Average', key: 'average' },
  { word: 'Half below', key: 'p50' },
  { word: '90 % below', key: 'p90' },
  { word: '99 % below', key: 'p99' },
] as const;

/** How well and how quickly jobs went: of their waiting, their running and of what failed, what most stayed below. */
export function Timings({ stats }: { stats: Stats | undefined }) {
  const rate = stats?.success_rate;
  const columns = [
    { word: 'Waiting', times: stats?.waiting_time },
    { word: 'Running', times: stats?.execution_time },
    { word: 'Failed after', times: stats?.failed_after },
  ];
  return (
    <Panel
      title="Times"
      aside={
        rate !== undefined &&
        rate !== null && (
          <span title="Of those that completed or failed" className="text-muted">
            <span className="font-strong text-ink">{percent(rate)}</span> succeeded
          </span>
        )
      }
    >
      <table className="mx-4 w-[calc(100%-2rem)] text-end">
        <thead className="text-small text-muted">
          <tr>
            <td />
            {columns.map(({ word }) => (
              <th key={word} scope="col" className="h-9 text-end font-normal">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map(({ word, key }) => (
            <tr key={word} className="border-t border-line">
              <th scope="row" className="h-9 font-normal text-muted">
                {word}
              </th>
              {columns.map((column) => (
                <td key={column.word}>{told(column.times?.[key])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function told(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? '–' : duration(seconds);
}

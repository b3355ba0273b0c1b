import { Panel } from '@/components/Common/Panel';
import type { Stats } from '@/services/stats';
import { percent } from '@/utils/numbers';
import { duration } from '@/utils/time';

/** How well and how quickly jobs went: of their waiting and of their running, what most stayed below. */
export function Timings({ stats }: { stats: Stats | undefined }) {
  const rate = stats?.success_rate;
  const rows = [
    { word: 'Average', waiting: stats?.waiting_time.average, running: stats?.execution_time.average },
    { word: 'Half below', waiting: stats?.waiting_time.p50, running: stats?.execution_time.p50 },
    { word: '90 % below', waiting: stats?.waiting_time.p90, running: stats?.execution_time.p90 },
    { word: '99 % below', waiting: stats?.waiting_time.p99, running: stats?.execution_time.p99 },
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
            <th scope="col" className="h-9 text-end font-normal">
              Waiting
            </th>
            <th scope="col" className="h-9 text-end font-normal">
              Running
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ word, waiting, running }) => (
            <tr key={word} className="border-t border-line">
              <th scope="row" className="h-9 font-normal text-muted">
                {word}
              </th>
              <td>{told(waiting)}</td>
              <td>{told(running)}</td>
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

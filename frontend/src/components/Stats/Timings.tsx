import { Panel } from '@/components/Common/Panel';
import type { Stats } from '@/services/stats';
import { duration } from '@/utils/time';

/** How long jobs took: the mean, and what half, nine in ten and all but one in a hundred stayed below. */
export function Timings({ stats }: { stats: Stats | undefined }) {
  const rows = [
    { word: 'Average', value: stats?.average_execution_time },
    { word: 'Half took less than', value: stats?.execution_time.p50 },
    { word: '90 % took less than', value: stats?.execution_time.p90 },
    { word: '99 % took less than', value: stats?.execution_time.p99 },
  ];
  return (
    <Panel title="Run time">
      <dl className="divide-y divide-line px-4">
        {rows.map(({ word, value }) => (
          <div key={word} className="flex h-10 items-center justify-between gap-4">
            <dt className="text-muted">{word}</dt>
            <dd>{value === undefined || value === null ? '–' : duration(value)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

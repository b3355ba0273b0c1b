import { lazy, Suspense, useState } from 'react';
import { format } from 'date-fns';
import { Link, useNavigate } from 'react-router';
import { Button } from '@/components/Common/Button';
import { Panel } from '@/components/Common/Panel';
import { Skeleton } from '@/components/Common/Skeleton';
import type { Chart, Series } from '@/components/Stats/charts';
import type { Part, Stats, StatsBucket } from '@/services/stats';
import { jobsAddress } from '@/utils/jobsAddress';

// Drawing is code of its own, loaded when the first chart is shown.
const Plot = lazy(() => import('@/components/Stats/Plot'));

interface Props {
  chart: Chart;
  stats: Stats | undefined;
  /** What the figures are narrowed to, and so the jobs that they lead to. */
  part: Part;
}

/** A chart over time, or the table of the same figures; each leads to the jobs that it counts. */
export function ChartPanel({ chart, stats, part }: Props) {
  const [asTable, setAsTable] = useState(false);
  const navigate = useNavigate();
  const buckets = stats?.series ?? [];
  const empty = buckets.every((bucket) => chart.series.every(({ value }) => !value(bucket)));
  const clicked = chart.series.find((each) => each.jobs);
  const sentence = stats && `${chart.title}: ${chart.says(stats)}`;
  const pick = (bucket: StatsBucket) => {
    const address =
      clicked && addressOf({ ...clicked, jobs: { of: clicked.jobs?.of ?? 'created' } }, bucket, part);
    if (address) void navigate(address);
  };
  return (
    <Panel
      title={chart.title}
      aside={
        !empty && (
          <Button
            variant="link"
            className="-mr-3"
            aria-label={`${chart.title} ${asTable ? 'as a chart' : 'as a table'}`}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? 'As a chart' : 'As a table'}
          </Button>
        )
      }
    >
      <div className="p-4">
        {!stats && <Skeleton className="h-48" />}
        {stats && empty && <p className="text-muted">Nothing in this time.</p>}
        {stats && !empty && asTable && <BucketTable chart={chart} stats={stats} part={part} />}
        {stats && !empty && !asTable && (
          <figure role="img" aria-label={sentence}>
            <Suspense fallback={<Skeleton className="h-48" />}>
              <Plot chart={chart} buckets={buckets} onPick={clicked && pick} />
            </Suspense>
            <Legend series={chart.series} />
          </figure>
        )}
      </div>
    </Panel>
  );
}

function Legend({ series }: { series: Series[] }) {
  return (
    <figcaption className="mt-2 flex flex-wrap gap-x-4 text-small text-muted">
      {series.map(({ word, color, dashed }) => (
        <span key={word} className="flex items-center gap-1.5">
          <svg aria-hidden width="16" height="8">
            <line
              x1="0"
              y1="4"
              x2="16"
              y2="4"
              stroke={`var(${color})`}
              strokeWidth="3"
              strokeDasharray={dashed ? '4 3' : undefined}
            />
          </svg>
          {word}
        </span>
      ))}
    </figcaption>
  );
}

function BucketTable({ chart, stats, part }: { chart: Chart; stats: Stats; part: Part }) {
  const pattern = stats.bucket === 'hour' ? 'd MMM HH:mm' : 'd MMM yyyy';
  return (
    <div tabIndex={0} role="region" aria-label={`${chart.title} table`} className="max-h-56 overflow-y-auto">
      <table className="w-full text-end">
        <thead className="sticky top-0 bg-surface text-small text-muted">
          <tr>
            <th scope="col" className="h-8 font-normal capitalize">
              {stats.bucket}
            </th>
            {chart.series.map(({ word }) => (
              <th key={word} scope="col" className="h-8 text-end font-normal">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stats.series.toReversed().map((bucket) => (
            <tr key={bucket.from} className="border-t border-line">
              <th scope="row" className="h-8 font-normal">
                {format(new Date(bucket.from), pattern)}
              </th>
              {chart.series.map((each) => (
                <td key={each.word}>
                  <Figure each={each} bucket={bucket} part={part} say={chart.format} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface FigureProps {
  each: Series;
  bucket: StatsBucket;
  part: Part;
  say: (value: number) => string;
}

function Figure({ each, bucket, part, say }: FigureProps) {
  const value = each.value(bucket);
  const address = addressOf(each, bucket, part);
  if (value === null) return <span className="text-muted">–</span>;
  if (!address || value === 0) return say(value);
  return (
    <Link to={address} className="inline-flex h-6 items-center text-ink">
      {say(value)}
    </Link>
  );
}

function addressOf({ jobs }: Pick<Series, 'jobs'>, bucket: StatsBucket, part: Part): string | undefined {
  if (!jobs) return undefined;
  const stretch = { of: jobs.of, after: bucket.from, before: bucket.to };
  return jobsAddress({ ...part, status: jobs.status, stretch });
}

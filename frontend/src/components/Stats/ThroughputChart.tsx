import { useState } from 'react';
import { format } from 'date-fns';
import { Button } from '@/components/Common/Button';
import { Panel } from '@/components/Common/Panel';
import { STATUS_LOOK } from '@/components/StatusBadge';
import type { Stats } from '@/services/stats';
import { count } from '@/utils/numbers';

type Hour = Stats['series'][number];

// Failures stand on the base line, where hours compare best.
const PARTS = [
  { key: 'failed', status: 'FAILED', fill: 'fill-failed' },
  { key: 'cancelled', status: 'CANCELLED', fill: 'fill-cancelled' },
  { key: 'completed', status: 'COMPLETED', fill: 'fill-completed' },
] as const;

/** How many jobs ended in each hour, and how: as bars, or as the table of the same figures. */
export function ThroughputChart({ hours }: { hours: Hour[] }) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Panel
      title="Ended per hour"
      aside={
        <Button variant="link" className="-mr-3" onClick={() => setAsTable(!asTable)}>
          {asTable ? 'As bars' : 'As a table'}
        </Button>
      }
    >
      <div className="p-4">{asTable ? <HourTable hours={hours} /> : <Bars hours={hours} />}</div>
    </Panel>
  );
}

const HEIGHT = 160;
const STEP = 20;
const BAR = 14;

function Bars({ hours }: { hours: Hour[] }) {
  const most = niceTop(Math.max(1, ...hours.map(totalOf)));
  const width = Math.max(hours.length, 1) * STEP;
  const sum = hours.reduce((all, hour) => all + totalOf(hour), 0);
  return (
    <figure>
      <div className="flex gap-2">
        <div aria-hidden className="flex flex-col justify-between text-end text-small text-muted">
          <span className="-mt-2">{count(most)}</span>
          <span className="-mb-2">0</span>
        </div>
        <svg
          role="img"
          aria-label={`${count(sum)} jobs ended in the last ${hours.length} hours, at most ${count(Math.max(0, ...hours.map(totalOf)))} in one`}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="h-40 w-full border-y border-line"
        >
          {hours.map((hour, index) => (
            <Bar key={hour.from} hour={hour} x={index * STEP + (STEP - BAR) / 2} scale={HEIGHT / most} />
          ))}
        </svg>
      </div>
      <figcaption className="mt-2 flex flex-wrap items-center justify-between gap-x-4 pl-6 text-small text-muted">
        <span>{hours[0] && format(new Date(hours[0].from), 'd MMM HH:mm')}</span>
        <span className="flex gap-4">
          {PARTS.map(({ key, status }) => {
            const { icon: Icon, text, word } = STATUS_LOOK[status];
            return (
              <span key={key} className="flex items-center gap-1">
                <Icon aria-hidden size={12} className={text} /> {word}
              </span>
            );
          })}
        </span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}

function Bar({ hour, x, scale }: { hour: Hour; x: number; scale: number }) {
  const heights = PARTS.map(({ key }) => hour[key] * scale);
  return (
    <g>
      <title>{`${format(new Date(hour.from), 'd MMM HH:mm')}: ${PARTS.map(({ key }) => `${count(hour[key])} ${key}`).join(', ')}`}</title>
      <rect x={x} y={0} width={BAR} height={HEIGHT} className="fill-transparent" />
      {PARTS.map(({ key, fill }, index) => {
        const below = heights.slice(0, index).reduce((sum, each) => sum + each, 0);
        const height = heights[index] ?? 0;
        return (
          <rect key={key} x={x} y={HEIGHT - below - height} width={BAR} height={height} className={fill} />
        );
      })}
    </g>
  );
}

function HourTable({ hours }: { hours: Hour[] }) {
  return (
    <div tabIndex={0} role="region" aria-label="Ended per hour table" className="max-h-56 overflow-y-auto">
      <table className="w-full text-end">
        <thead className="sticky top-0 bg-surface text-small text-muted">
          <tr>
            <th scope="col" className="h-8 font-normal">
              Hour
            </th>
            {PARTS.map(({ key, status }) => (
              <th key={key} scope="col" className="h-8 text-end font-normal">
                {STATUS_LOOK[status].word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hours.toReversed().map((hour) => (
            <tr key={hour.from} className="border-t border-line">
              <th scope="row" className="h-8 font-normal">
                {format(new Date(hour.from), 'd MMM HH:mm')}
              </th>
              {PARTS.map(({ key }) => (
                <td key={key}>{count(hour[key])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function totalOf(hour: Hour): number {
  return hour.completed + hour.failed + hour.cancelled;
}

/** The next 1, 2 or 5 followed by zeros, so that the scale's top can be read. */
function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power;
}

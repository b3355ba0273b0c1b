import type { Stats, StatsBucket } from '@/services/stats';
import type { Status } from '@/services/jobs';
import type { Stretch } from '@/utils/jobsAddress';
import { count } from '@/utils/numbers';
import { duration, DURATION_STEPS, roundDuration } from '@/utils/time';

/** One line, or one part of every bar. `color` is a token of tokens.css. */
export interface Series {
  word: string;
  color: string;
  dashed?: boolean;
  value: (bucket: StatsBucket) => number | null;
  /** The jobs that it counts: of this status, by when that happened. None where no list shows them. */
  jobs?: { status?: Status; of: Stretch['of'] };
}

export interface Chart {
  title: string;
  kind: 'bars' | 'lines';
  series: Series[];
  format: (value: number) => string;
  /** How far apart the values on the axis may be, and how they are told; as numbers are, where it is left out. */
  steps?: number[];
  tick?: (value: number) => string;
  /** The whole in a sentence. */
  says: (stats: Stats) => string;
}

const failed: Series = {
  word: 'Failed',
  color: '--failed',
  value: (bucket) => bucket.failed,
  jobs: { status: 'FAILED', of: 'completed' },
};
const cancelled: Series = {
  word: 'Cancelled',
  color: '--cancelled',
  value: (bucket) => bucket.cancelled,
  jobs: { status: 'CANCELLED', of: 'completed' },
};
const completed: Series = {
  word: 'Completed',
  color: '--completed',
  value: (bucket) => bucket.completed,
  jobs: { status: 'COMPLETED', of: 'completed' },
};

function times(
  title: string,
  key: 'waiting_time' | 'execution_time',
  color: string,
  of: Stretch['of'],
): Chart {
  const status: Status | undefined = key === 'execution_time' ? 'COMPLETED' : undefined;
  return {
    title,
    kind: 'lines',
    series: [
      { word: 'Half below', color, value: (bucket) => bucket[key].p50, jobs: { status, of } },
      { word: '90 % below', color, dashed: true, value: (bucket) => bucket[key].p90, jobs: { status, of } },
    ],
    format: duration,
    steps: DURATION_STEPS,
    tick: roundDuration,
    says: (stats) =>
      stats[key].p50 === null
        ? 'nothing to tell a time of'
        : `half below ${duration(stats[key].p50)}, 90 % below ${duration(stats[key].p90 ?? 0)}`,
  };
}

/** The charts of the overview. Failures stand on the base line, where buckets compare best. */
export const CHARTS: Chart[] = [
  {
    title: 'Ended',
    kind: 'bars',
    series: [failed, cancelled, completed],
    format: count,
    says: (stats) =>
      `${count(stats.completed)} completed, ${count(stats.failed)} failed, ${count(stats.cancelled)} cancelled`,
  },
  {
    title: 'Submitted and started',
    kind: 'lines',
    series: [
      { word: 'Submitted', color: '--pending', value: (each) => each.submitted, jobs: { of: 'created' } },
      { word: 'Started', color: '--running', value: (each) => each.started, jobs: { of: 'started' } },
      { word: 'Retried', color: '--failed', dashed: true, value: (each) => each.retried },
    ],
    format: count,
    says: (stats) =>
      `${count(stats.submitted)} submitted, ${count(stats.started)} started, ${count(stats.retried)} retried`,
  },
  {
    title: 'Waiting and running',
    kind: 'lines',
    series: [
      { word: 'Pending', color: '--pending', value: (bucket) => bucket.pending },
      { word: 'Running', color: '--running', value: (bucket) => bucket.running },
    ],
    format: count,
    says: (stats) =>
      `at most ${count(Math.max(0, ...stats.series.map((each) => each.pending)))} waiting and ` +
      `${count(Math.max(0, ...stats.series.map((each) => each.running)))} running at the end of a bucket`,
  },
  times('Waiting time', 'waiting_time', '--pending', 'started'),
  times('Run time', 'execution_time', '--completed', 'completed'),
];

import { useEffect, useRef } from 'react';
import { format } from 'date-fns';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Chart } from '@/components/Stats/charts';
import { useLatest } from '@/hooks/ui/useLatest';
import type { StatsBucket } from '@/services/stats';

interface Props {
  chart: Chart;
  buckets: StatsBucket[];
  /** A click on a bucket. */
  onPick?: (bucket: StatsBucket) => void;
}

const HEIGHT = 192;

/** A chart on a canvas, in the colours of the theme. What it says in words is beside it. */
export default function Plot({ chart, buckets, onPick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useLatest({ buckets, onPick });
  useEffect(() => {
    const parent = box.current;
    if (!parent) return undefined;
    const drawn = new uPlot(options(chart, parent, latest), dataOf(chart, latest.current.buckets), parent);
    plot.current = drawn;
    const redraw = () => drawn.redraw(false, true);
    const sized = new ResizeObserver(() => drawn.setSize({ width: parent.clientWidth, height: HEIGHT }));
    sized.observe(parent);
    const themed = new MutationObserver(redraw);
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', redraw);
    return () => {
      sized.disconnect();
      themed.disconnect();
      dark.removeEventListener('change', redraw);
      drawn.destroy();
    };
  }, [chart, latest]);
  useEffect(() => plot.current?.setData(dataOf(chart, buckets)), [chart, buckets]);
  return <div ref={box} className={onPick ? 'cursor-pointer' : undefined} />;
}

function dataOf(chart: Chart, buckets: StatsBucket[]): uPlot.AlignedData {
  const times = buckets.map((bucket) => Date.parse(bucket.from) / 1000);
  const columns = chart.series.map(({ value }) => buckets.map(value));
  // A part of a bar reaches from the base line over those below it; the highest is drawn first.
  const heights = chart.kind === 'bars' ? stacked(columns).toReversed() : columns;
  return [times, ...heights];
}

function stacked(columns: (number | null)[][]): number[][] {
  const heights: number[][] = [];
  for (const column of columns) {
    const below = heights.at(-1);
    heights.push(column.map((value, index) => (value ?? 0) + (below?.[index] ?? 0)));
  }
  return heights;
}

function options(
  chart: Chart,
  parent: HTMLElement,
  latest: { current: Pick<Props, 'buckets' | 'onPick'> },
): uPlot.Options {
  const color = (token: string) => resolved(parent, token);
  const axis: uPlot.Axis = {
    stroke: () => color('--ink-muted'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: () => color('--line'), width: 1 },
    ticks: { show: false },
  };
  const bars = chart.kind === 'bars';
  const shown = bars ? chart.series.toReversed() : chart.series;
  const said = (index: number) => {
    const bucket = latest.current.buckets[index];
    if (!bucket) return '';
    const figures = chart.series.map(({ word, value }) => {
      const figure = value(bucket);
      return `${word} ${figure === null ? '–' : chart.format(figure)}`;
    });
    return `${format(new Date(bucket.from), 'd MMM HH:mm')} · ${figures.join(' · ')}`;
  };
  const lastEnd = () => Date.parse(latest.current.buckets.at(-1)?.to ?? '') / 1000 || 0;
  return {
    width: parent.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 24, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !bars } },
    scales: {
      // A bar reaches to the end of its bucket, the newest one's too.
      x: { time: true, ...(bars && { range: (_, first, last) => [first, Math.max(last, lastEnd())] }) },
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.05 : 1] },
    },
    axes: [
      { ...axis, size: 28, values: whenOf },
      { ...axis, size: 84, incrs: chart.steps, values: (_, ticks) => ticks.map(chart.tick ?? chart.format) },
    ],
    series: [
      {},
      ...shown.map(({ word, color: token, dashed }): uPlot.Series => ({
        label: word,
        stroke: () => color(token),
        width: bars ? 0 : 2,
        ...(dashed && { dash: [6, 4] }),
        ...(bars && { fill: () => color(token), paths: uPlot.paths.bars?.({ size: [0.7, 40], align: 1 }) }),
        points: { show: !bars, size: 6, fill: () => color(token), filter: alone },
        spanGaps: false,
      })),
    ],
    hooks: {
      setCursor: [({ cursor }) => (parent.title = isIndex(cursor.idx) ? said(cursor.idx) : '')],
      ready: [
        ({ over, cursor }) =>
          over.addEventListener('click', () => {
            const bucket = isIndex(cursor.idx) ? latest.current.buckets[cursor.idx] : undefined;
            if (bucket) latest.current.onPick?.(bucket);
          }),
      ],
    },
  };
}

/** The values to be drawn as points: those that no line leads to, since their neighbours have none. */
function alone({ data }: uPlot, series: number): number[] {
  const values = data[series] ?? [];
  const there = (index: number) => typeof values[index] === 'number';
  return [...values.keys()].filter((index) => there(index) && !there(index - 1) && !there(index + 1));
}

const DAY_SECONDS = 86_400;

/** What stands below the chart: days, and times of the day between them where there is room. */
function whenOf(_: uPlot, ticks: number[], __: number, ___: number, apart: number): string[] {
  return ticks.map((tick) => {
    const at = new Date(tick * 1000);
    const midnight = at.getHours() === 0 && at.getMinutes() === 0;
    return format(at, apart >= DAY_SECONDS || midnight ? 'd MMM' : 'HH:mm');
  });
}

function isIndex(idx: number | null | undefined): idx is number {
  return typeof idx === 'number';
}

/** A token as a canvas understands it: it knows no variables, and nothing of themes. */
function resolved(parent: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  parent.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

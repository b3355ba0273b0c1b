export type BucketName = 'hour' | 'day' | 'week';

interface Range {
  word: string;
  hours: number;
  /** What its charts can be by; the first one unless asked. */
  buckets: [BucketName, ...BucketName[]];
}

export type RangeName = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** How far back figures go. */
export const RANGES: Record<RangeName, Range> = {
  day: { word: 'Last 24 hours', hours: 24, buckets: ['hour'] },
  week: { word: 'Last 7 days', hours: 7 * 24, buckets: ['hour', 'day'] },
  month: { word: 'Last 30 days', hours: 30 * 24, buckets: ['day', 'hour', 'week'] },
  quarter: { word: 'Last 90 days', hours: 90 * 24, buckets: ['day', 'week'] },
  year: { word: 'Last year', hours: 365 * 24, buckets: ['week', 'day'] },
};

export const RANGE_NAMES: RangeName[] = ['day', 'week', 'month', 'quarter', 'year'];

/** What figures are of. */
export interface StatsSearch {
  range: RangeName;
  bucket: BucketName;
  queue?: string;
  owner?: string;
}

import type { STATUSES } from '@/utils/status';

type Status = (typeof STATUSES)[number];

/** What a tracked job's program, or a person in its place, may report next. */
const REPORTABLE: Record<Status, readonly Status[]> = {
  PENDING: ['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'],
  RUNNING: ['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'],
  COMPLETED: [],
  FAILED: [],
  CANCELLED: [],
};

export function reportable(current: Status): readonly Status[] {
  return REPORTABLE[current];
}

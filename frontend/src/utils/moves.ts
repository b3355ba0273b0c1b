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

/** Whether its name and schedule still mean something: while it waits, or its own program still works on it. */
export function isEditable(job: { status: Status; kind: 'run' | 'tracked' }): boolean {
  return job.status === 'PENDING' || (job.status === 'RUNNING' && job.kind === 'tracked');
}

export function reportable(current: Status): readonly Status[] {
  return REPORTABLE[current];
}

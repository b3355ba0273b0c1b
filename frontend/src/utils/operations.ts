import type { Members, Operation, OutcomeCount } from '@/types/api.generated';
import { count, plural } from '@/utils/numbers';

/** What the button says, what it says while it is done, and what was done. */
export const DOINGS: Record<Members['action'] | 'undo', { verb: string; doing: string; done: string }> = {
  cancel: { verb: 'Cancel', doing: 'Cancelling', done: 'Cancelled' },
  retry: { verb: 'Retry', doing: 'Retrying', done: 'Retried' },
  delete: { verb: 'Delete', doing: 'Deleting', done: 'Deleted' },
  set_priority: { verb: 'Set priority', doing: 'Setting the priority of', done: 'Set the priority of' },
  add_tags: { verb: 'Add tags', doing: 'Adding tags to', done: 'Added tags to' },
  remove_tags: { verb: 'Remove tags', doing: 'Removing tags from', done: 'Removed tags from' },
  report: { verb: 'Report status', doing: 'Reporting', done: 'Reported' },
  undo: { verb: 'Undo', doing: 'Putting back', done: 'Put back' },
};

export function acting(split: readonly OutcomeCount[]): number {
  return split.reduce((sum, one) => sum + (one.acts ? one.jobs : 0), 0);
}

/** "Cancelling 4,300 jobs", "Cancelled 4,212 jobs", "Stopped after 300 of 4,300 jobs". */
export function headline(operation: Operation): string {
  const words = DOINGS[operation.action];
  const total = operation.total ?? operation.handled;
  if (operation.state === 'running') return `${words.doing} ${plural(total, 'job')}`;
  if (operation.state === 'done') return `${words.done} ${plural(acting(operation.outcomes), 'job')}`;
  const how = operation.state === 'aborted' ? 'Stopped' : 'Failed';
  return `${how} after ${count(operation.handled)} of ${plural(total, 'job')}`;
}

/** Seconds that are left at the present rate; null where nobody can say. */
export function secondsLeft({ left, rate }: Operation): number | null {
  return left === null || !rate ? null : Math.ceil(left / rate);
}

/** 0 to 100. */
export function percentDone({ handled, total, state }: Operation): number {
  if (state === 'done') return 100;
  return total ? Math.min(99, Math.floor((handled / total) * 100)) : 0;
}

import type { Receipt } from '@/types/api.generated';
import { plural } from '@/utils/numbers';
import { duration } from '@/utils/time';

/** What was done to end an attempt's processes, and whether none is left. */
export function receiptSentence({ term_at, kill_at, processes_killed, verified_empty, by }: Receipt): string {
  const steps =
    kill_at === null
      ? 'Asked to stop by SIGTERM, and it did'
      : `Asked to stop by SIGTERM, killed ${duration(secondsBetween(term_at, kill_at))} later`;
  const killed = processes_killed > 0 ? ` (${plural(processes_killed, 'process', 'processes')} killed)` : '';
  const left = verified_empty
    ? `Checked, by its ${by}: no process of it is left.`
    : 'Whether all of its processes have ended could not be checked.';
  return `${steps}${killed}. ${left}`;
}

function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

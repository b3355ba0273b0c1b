import { plural } from '@/utils/numbers';

/** What the runner noted while it ended an attempt. Times are seconds since the epoch. */
export interface CancelReceipt {
  by: string;
  term_at: number | null;
  kill_at: number | null;
  verified_empty: boolean;
  processes_killed: number;
}

/** Reads a receipt out of what an attempt carries; null where there is none. */
export function receiptOf(attempt: object): CancelReceipt | null {
  const receipt = 'receipt' in attempt ? attempt.receipt : null;
  if (typeof receipt !== 'object' || receipt === null || !('verified_empty' in receipt)) return null;
  const { by, term_at, kill_at, processes_killed } = receipt as Partial<CancelReceipt>;
  return {
    by: typeof by === 'string' ? by : '',
    term_at: typeof term_at === 'number' ? term_at : null,
    kill_at: typeof kill_at === 'number' ? kill_at : null,
    verified_empty: receipt.verified_empty === true,
    processes_killed: typeof processes_killed === 'number' ? processes_killed : 0,
  };
}

export function receiptSentence(receipt: CancelReceipt): string {
  const ladder =
    receipt.kill_at === null || receipt.term_at === null
      ? 'Asked to stop by SIGTERM, and it did'
      : `Asked to stop by SIGTERM, killed ${(receipt.kill_at - receipt.term_at).toFixed(1)} s later`;
  const killed =
    receipt.processes_killed > 0
      ? ` (${plural(receipt.processes_killed, 'process', 'processes')} killed)`
      : '';
  const by = receipt.by && `, by its ${receipt.by}`;
  const left = receipt.verified_empty
    ? `Checked${by}: no process of it is left.`
    : 'Whether all of its processes have ended could not be checked.';
  return `${ladder}${killed}. ${left}`;
}

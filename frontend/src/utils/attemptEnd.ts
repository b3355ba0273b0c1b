import { cause } from '@/utils/cause';
import { signalName } from '@/utils/signals';

interface Ended {
  ended_at: string | null;
  exit_code: number | null;
  signal: number | null;
  reason: string;
  error_message: string;
}

/** How an attempt ended, in a few words. */
export function attemptEnd(attempt: Ended): string {
  if (!attempt.ended_at) return 'Running';
  if (attempt.reason === '') return 'Completed';
  if (attempt.signal === null) return cause(attempt);
  if (attempt.reason === 'signal') return `Killed by ${signalName(attempt.signal)}`;
  return `${cause(attempt)} · ${signalName(attempt.signal)}`;
}

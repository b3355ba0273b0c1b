import type { Attempt, JobRead, Reason } from '@/types/api.generated';
import { bytes } from '@/utils/numbers';
import { signalName, signalWord } from '@/utils/signals';
import { duration } from '@/utils/time';

/** The facts of an end, as jobs and attempts both have them. */
export type End = Pick<JobRead, 'reason' | 'exit_code' | 'signal' | 'error_message'>;

type Failure = End & Pick<JobRead, 'timeout' | 'resource_requirements' | 'execution_time'>;

const WORDS: Record<Exclude<Reason, ''>, (end: End) => string> = {
  exit_code: ({ exit_code }) => `Exit code ${exit_code ?? 'unknown'}`,
  signal: ({ signal }) => `Killed by ${signalWord(signal)}`,
  out_of_memory: () => 'Out of memory',
  timeout: () => 'Out of time',
  cancelled: () => 'Cancelled',
  worker_lost: () => 'Worker lost',
  interrupted: () => 'Interrupted',
  start_failed: () => 'Could not start',
  dependency_failed: () => 'A dependency failed',
  poisonous: () => 'Took its worker down',
  rejected: () => 'Rejected',
  reported: ({ error_message }) => firstLine(error_message) || 'Failed',
};

/** Why it ended as it did, in two or three words. */
export function cause(end: End): string {
  return end.reason === '' ? 'Completed' : WORDS[end.reason](end);
}

/** How an attempt ended, in a few words. */
export function attemptEnd(attempt: Attempt): string {
  if (!attempt.ended_at) return 'Running';
  const { reason, signal } = attempt;
  const words = cause(attempt);
  return signal === null || reason === 'signal' ? words : `${words} · ${signalName(signal)}`;
}

/** Why a job failed, as a sentence without its full stop: "Ended with exit code 1 after 12 s". */
export function failure(job: Failure): string {
  const after = job.execution_time === null ? '' : ` after ${duration(job.execution_time)}`;
  switch (job.reason) {
    case 'exit_code':
      return `Ended with exit code ${job.exit_code ?? 'unknown'}${after}`;
    case 'signal':
      return `Killed by ${signalName(job.signal)}${after}`;
    case 'timeout':
      return job.timeout === null ? `Out of time${after}` : `Ran past its limit of ${duration(job.timeout)}`;
    case 'out_of_memory':
      return `Ran out of memory${after}`;
    case 'start_failed':
    case 'dependency_failed':
    case 'rejected':
    case 'reported':
      return cause(job);
    default:
      return `${cause(job)}${after}`;
  }
}

const ADVICE: Record<Exclude<Reason, ''>, (job: Failure) => string> = {
  exit_code: () => 'It ended with an error of its own; its last lines usually say why. Fix it and retry.',
  signal: () => 'Nobody here sent that signal. Retry, or look at what else ran then.',
  out_of_memory: (job) => `${memoryLimit(job)} Ask for more memory, or give it less to do.`,
  timeout: () => 'Raise its time limit, or split the work.',
  cancelled: () => 'Retry starts it anew.',
  worker_lost: () => 'The machine that ran it was lost. Retry, or allow more attempts.',
  interrupted: () => 'The worker was stopped while it ran. Retry starts it anew.',
  start_failed: () => 'Check its interpreter and its working directory.',
  dependency_failed: () =>
    'A job that it depends on ended otherwise than it has to. Retry that one first, then this one.',
  poisonous: () => 'It took its worker down time after time. Look into it before you retry.',
  rejected: () => 'No worker can take it as it is. Ask for less, or add a worker that has more.',
  reported: () => 'The program that does the work reported this.',
};

/** What a person can do about it. */
export function advice(job: Failure): string | null {
  return job.reason === '' ? null : ADVICE[job.reason](job);
}

/** Reasons whose message names something that the other facts do not. */
const NAMED: ReadonlySet<Reason> = new Set([
  'worker_lost',
  'start_failed',
  'dependency_failed',
  'poisonous',
  'rejected',
]);

/** The message of an end, where it tells more than its cause does. */
export function furtherMessage(end: End): string | null {
  const { reason, error_message } = end;
  const isMore = reason === 'reported' ? error_message.trim() !== cause(end) : NAMED.has(reason);
  return isMore && error_message.trim() !== '' ? error_message : null;
}

/** All that the facts and the message say of a failure. */
export function endInFull(job: Failure): string {
  return [failure(job), furtherMessage(job)].filter(Boolean).join('\n');
}

function memoryLimit({ resource_requirements: { memory_mb } }: Failure): string {
  return memory_mb === undefined
    ? 'Its machine had no more.'
    : `It may use ${bytes(memory_mb * 1024 * 1024)}.`;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

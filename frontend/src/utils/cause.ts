interface Ended {
  reason: string;
  exit_code: number | null;
  error_message: string;
}

const WORDS: Record<string, string> = {
  out_of_memory: 'Out of memory',
  timeout: 'Out of time',
  cancelled: 'Cancelled',
  worker_lost: 'Worker lost',
  interrupted: 'Interrupted',
  start_failed: 'Could not start',
  dependency_failed: 'A dependency failed',
  poisonous: 'Took its worker down',
  rejected: 'Rejected',
  signal: 'Killed by a signal',
};

// What the engine says of an exit code or a signal, which the page names by itself.
const SAYS_NO_MORE = /^It (ended with exit code -?\d+|was ended by signal \d+ \(\w+\))\.$/;

/** The error message where it says more than the cause does. */
export function errorBeyondCause(job: Ended): string {
  const { error_message } = job;
  return SAYS_NO_MORE.test(error_message) || error_message.trim() === cause(job) ? '' : error_message;
}

/** Why a job ended as it did, in two or three words. */
export function cause(job: Ended): string {
  const known = WORDS[job.reason];
  if (known) return known;
  if (job.exit_code !== null && job.exit_code !== 0) return `Exit code ${job.exit_code}`;
  const [first = ''] = job.error_message.split('\n');
  return first === '' ? 'Failed' : first;
}

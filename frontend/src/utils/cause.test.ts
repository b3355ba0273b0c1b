import { cause, errorBeyondCause } from '@/utils/cause';

test.each([
  [{ reason: 'exit_code', exit_code: 3, error_message: 'Traceback' }, 'Exit code 3'],
  [{ reason: 'out_of_memory', exit_code: 137, error_message: '' }, 'Out of memory'],
  [{ reason: 'worker_lost', exit_code: null, error_message: '' }, 'Worker lost'],
  [{ reason: 'reported', exit_code: null, error_message: 'disk full\nmore' }, 'disk full'],
  [{ reason: 'reported', exit_code: null, error_message: '' }, 'Failed'],
])('%j is told as "%s"', (job, text) => {
  expect(cause(job)).toBe(text);
});

test.each([
  ['exit_code', 1, 'It ended with exit code 1.', ''],
  ['signal', null, 'It was ended by signal 11 (SIGSEGV).', ''],
  [
    'start_failed',
    null,
    'The working directory /data is not there.',
    'The working directory /data is not there.',
  ],
  ['reported', null, 'disk full', ''],
  ['reported', null, 'disk full\nmore', 'disk full\nmore'],
])('after %s %s, "%s" leaves "%s" to be told', (reason, exit_code, error_message, left) => {
  expect(errorBeyondCause({ reason, exit_code, error_message })).toBe(left);
});

import { cause } from '@/utils/cause';

test.each([
  [{ reason: 'exit_code', exit_code: 3, error_message: 'Traceback' }, 'Exit code 3'],
  [{ reason: 'out_of_memory', exit_code: 137, error_message: '' }, 'Out of memory'],
  [{ reason: 'worker_lost', exit_code: null, error_message: '' }, 'Worker lost'],
  [{ reason: 'reported', exit_code: null, error_message: 'disk full\nmore' }, 'disk full'],
  [{ reason: 'reported', exit_code: null, error_message: '' }, 'Failed'],
])('%j is told as "%s"', (job, text) => {
  expect(cause(job)).toBe(text);
});

import { attemptFactory, jobFactory } from '@/test/jobFactory';
import { advice, attemptEnd, cause, failure, furtherMessage } from '@/utils/cause';

type Over = Parameters<typeof jobFactory.failed>[0];

const ENDS: [Over, string, string][] = [
  [{ reason: 'exit_code', exit_code: 3 }, 'Exit code 3', 'Ended with exit code 3 after 12 s'],
  [
    { reason: 'signal', exit_code: null, signal: 11 },
    'Killed by SIGSEGV',
    'Killed by SIGSEGV (11) after 12 s',
  ],
  [{ reason: 'out_of_memory', exit_code: 137 }, 'Out of memory', 'Ran out of memory after 12 s'],
  [{ reason: 'timeout', timeout: 90 }, 'Out of time', 'Ran past its limit of 1 min 30 s'],
  [{ reason: 'worker_lost', exit_code: null }, 'Worker lost', 'Worker lost after 12 s'],
  [{ reason: 'start_failed', exit_code: null }, 'Could not start', 'Could not start'],
  [{ reason: 'reported', error_message: 'disk full\nmore' }, 'disk full', 'disk full'],
  [{ reason: 'reported', error_message: '' }, 'Failed', 'Failed'],
];

test.each(ENDS)('%j is told as "%s"', (over, words, sentence) => {
  const job = jobFactory.failed({ execution_time: 12, ...over });
  expect(cause(job)).toBe(words);
  expect(failure(job)).toBe(sentence);
});

test.each<[Over, string | null]>([
  [{ reason: 'exit_code', error_message: 'Whatever the engine says of it.' }, null],
  [{ reason: 'signal', error_message: 'Whatever the engine says of it.' }, null],
  [{ reason: 'start_failed', error_message: 'There is no folder /data.' }, 'There is no folder /data.'],
  [{ reason: 'reported', error_message: 'disk full' }, null],
  [{ reason: 'reported', error_message: 'disk full\nmore' }, 'disk full\nmore'],
])('after %j there is further "%s"', (over, message) => {
  expect(furtherMessage(jobFactory.failed(over))).toBe(message);
});

test('what it may use is told to a job that needed more', () => {
  const job = jobFactory.failed({ reason: 'out_of_memory', resource_requirements: { memory_mb: 512 } });
  expect(advice(job)).toContain('It may use 512 MiB.');
});

test('an attempt that was ended says by which signal', () => {
  const ended_at = '2026-11-23T20:01:05Z';
  expect(attemptEnd(attemptFactory())).toBe('Running');
  expect(attemptEnd(attemptFactory({ ended_at, exit_code: 0 }))).toBe('Completed');
  expect(attemptEnd(attemptFactory({ ended_at, reason: 'timeout', signal: 9 }))).toBe(
    'Out of time · SIGKILL (9)',
  );
  expect(attemptEnd(attemptFactory({ ended_at, reason: 'signal', signal: 9 }))).toBe('Killed by SIGKILL');
});

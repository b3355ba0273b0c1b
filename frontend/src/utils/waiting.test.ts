import { waitingFactory } from '@/test/jobFactory';
import { placeInQueue, waitsFor, wayOut } from '@/utils/waiting';

test.each([
  [null, null, null],
  [0, 'exact', 'It is next in the queue.'],
  [1, 'exact', '1 job goes before it.'],
  [12, 'exact', '12 jobs go before it.'],
  [1000, 'at_least', 'At least 1,000 jobs go before it.'],
] as const)('%s (%s) ahead is told as "%s"', (ahead, ahead_kind, sentence) => {
  expect(placeInQueue(waitingFactory({ ahead, ahead_kind }))).toBe(sentence);
});

test('a job that is too large is told what would fit', () => {
  const waiting = waitingFactory({
    code: 'too_large',
    would_fit: { worker: 'bench', cpus: 4, memory_mb: 8192 },
  });
  expect(waitsFor(waiting)).toBe('a larger worker');
  expect(wayOut(waiting, { cpus: 16 })).toMatch(
    /^It asks for 16 CPUs\. The worker that comes nearest, bench, has 4 CPUs, 8.0 GiB memory\./,
  );
});

test('what only time can change has no advice', () => {
  expect(wayOut(waitingFactory({ code: 'scheduled', until: '2026-11-23T20:00:00Z' }), {})).toBeNull();
});

import { receiptSentence } from '@/utils/receipt';

const receipt = {
  by: 'cgroup',
  term_at: '2026-11-23T20:01:00Z',
  kill_at: null,
  processes_killed: 0,
  verified_empty: true,
};

test('one that went when it was asked', () => {
  expect(receiptSentence(receipt)).toBe(
    'Asked to stop by SIGTERM, and it did. Checked, by its cgroup: no process of it is left.',
  );
});

test('one that had to be killed', () => {
  const killed = { ...receipt, kill_at: '2026-11-23T20:01:10Z', processes_killed: 2 };
  expect(receiptSentence(killed)).toMatch(/SIGTERM, killed 10 s later \(2 processes killed\)\./);
});

test('what was not verified is not promised', () => {
  expect(receiptSentence({ ...receipt, verified_empty: false })).toMatch(/could not be checked\.$/);
});

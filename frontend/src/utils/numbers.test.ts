import { bytes, compactCount, count, plural } from '@/utils/numbers';

test('counts are grouped, and compact where room is short', () => {
  expect(count(1_234_567)).toBe('1,234,567');
  expect(compactCount(41_845)).toBe('41.8K');
});

test('a noun agrees with its number', () => {
  expect(plural(1, 'job')).toBe('1 job');
  expect(plural(4212, 'job')).toBe('4,212 jobs');
  expect(plural(2, 'status', 'statuses')).toBe('2 statuses');
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [67_108_864, '64.0 MiB'],
  [936_870_912, '893 MiB'],
])('%d bytes read "%s"', (size, text) => {
  expect(bytes(size)).toBe(text);
});

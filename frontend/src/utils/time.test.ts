import { absoluteTime, duration, DURATION_STEPS, relativeTime, roundDuration, zoneAt } from '@/utils/time';

test.each([
  [0, '0 s'],
  [0.0002, '1 ms'],
  [0.0421, '42 ms'],
  [0.0998, '0.1 s'],
  [0.34, '0.3 s'],
  [9.3, '9.3 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [252, '4 min 12 s'],
  [3600, '1 h 00 min'],
  [11_220, '3 h 07 min'],
  [190_000, '2 d 4 h'],
])('%d seconds read "%s"', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('times are told from now, both ways', () => {
  const now = new Date('2026-11-23T20:00:00Z');
  expect(relativeTime(new Date('2026-11-23T19:59:55Z'), now)).toBe('just now');
  expect(relativeTime(new Date('2026-11-23T19:55:00Z'), now)).toBe('5 minutes ago');
  expect(relativeTime(new Date('2026-11-23T22:00:00Z'), now)).toBe('in 2 hours');
});

test('an absolute time names its zone', () => {
  const at = new Date('2026-11-23T20:00:09Z');
  expect(absoluteTime(at)).toMatch(/2026, \d\d:\d\d:09 ./);
  expect(zoneAt(at, 'Europe/Rome')).toMatch(/^Europe\/Rome \(UTC[+-]\d\d:\d\d\)$/);
  expect(zoneAt(at, 'UTC')).toBe('UTC');
});

test('a round duration is told without a second unit of which there is none', () => {
  expect([300, 5400, 7200, 172_800, 0].map(roundDuration)).toEqual([
    '5 min',
    '1 h 30 min',
    '2 h',
    '2 d',
    '0 s',
  ]);
  expect(DURATION_STEPS.map(roundDuration).filter((step) => step.split(' ').length > 2)).toEqual([]);
});

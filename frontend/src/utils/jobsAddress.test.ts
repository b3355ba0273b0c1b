import { jobsAddress, stretchOf } from '@/utils/jobsAddress';

test('an address names what the list is narrowed to, and is read back', () => {
  const stretch = { of: 'completed', after: '2026-11-23T18:00:00Z', before: '2026-11-23T19:00:00Z' } as const;
  const address = jobsAddress({ status: 'FAILED', queue: 'a & b', owner: 'ada', stretch });
  expect(address).toBe(
    '/?status=FAILED&queue=a+%26+b&owner=ada&completed_after=2026-11-23T18%3A00%3A00Z&completed_before=2026-11-23T19%3A00%3A00Z',
  );
  expect(stretchOf(new URLSearchParams(address.slice(2)))).toEqual(stretch);
});

test('an address with half a stretch, or nonsense in it, names none', () => {
  expect(stretchOf(new URLSearchParams('started_after=2026-11-23T18:00:00Z'))).toBeNull();
  expect(stretchOf(new URLSearchParams('started_after=a&started_before=b'))).toBeNull();
});

import { EMPTY_JOB } from '@/utils/jobForm';
import { mapErrors } from '@/utils/serverErrors';

const KNOWN = Object.keys(EMPTY_JOB);

test.each([
  ['name', 'name'],
  ['scheduled_at', 'scheduledAt'],
  ['tags.3', 'tags'],
  ['resource_requirements.memory_mb', 'memoryMb'],
  ['resource_requirements', 'cpus'],
  ['environment.PATH', 'environment.1.name'],
  ['environment', 'environment'],
])('%s of the API is %s of the form', (field, expected) => {
  const { byField } = mapErrors([{ field, message: 'No.', hint: 'Do this.' }], KNOWN, ['HOME', 'PATH']);
  expect(byField).toEqual([{ field: expected, message: 'No. Do this.' }]);
});

test('what the form has no field for is told about the whole', () => {
  expect(mapErrors([{ field: 'executor', message: 'There is no such executor.' }], KNOWN)).toEqual({
    byField: [],
    rest: ['executor: There is no such executor.'],
  });
});

import { mapErrors } from '@/utils/serverErrors';
import { NAMES } from '@/utils/submission';

test.each([
  ['name', 'name'],
  ['scheduled_at', 'scheduled_at'],
  ['tags.3', 'tags'],
  ['resource_requirements.gpus', 'resource_requirements.gpus'],
  ['resource_requirements', 'resource_requirements.cpus'],
  ['environment.PATH', 'environment.1.name'],
  ['environment.a.b', 'environment.2.name'],
  ['environment', 'environment'],
])('%s of the API is %s of the form', (field, expected) => {
  const variables = ['HOME', 'PATH', 'a.b'];
  const { byField } = mapErrors([{ field, message: 'No.', hint: 'Do this.' }], NAMES, variables);
  expect(byField).toEqual([{ field: expected, message: 'No. Do this.' }]);
});

test('what the form has no field for is told about the whole', () => {
  expect(mapErrors([{ field: 'status_type', message: 'Not here.' }], NAMES)).toEqual({
    byField: [],
    rest: ['status_type: Not here.'],
  });
});

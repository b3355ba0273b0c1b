import { detailOf, jobFactory } from '@/test/jobFactory';
import { jobSchema } from '@/utils/jobSchema';
import { EMPTY_JOB, valuesOf } from '@/utils/submission';

const VALID = { ...EMPTY_JOB, name: 'n', command: 'true' };
const needing = (part: object) => ({
  resource_requirements: { ...EMPTY_JOB.resource_requirements, ...part },
});

test('what the API has accepted once can be submitted again', () => {
  const job = detailOf(jobFactory.failed({ resource_requirements: { gpus: 0 } }), { environment: { A: '' } });
  expect(jobSchema.safeParse(valuesOf(job, new Date())).error).toBeUndefined();
});

test.each([
  ['name', { name: '  ' }],
  ['command', { command: ' ' }],
  ['command', { command: 'é'.repeat(40_000) }],
  ['queue', { queue: '-x' }],
  ['resource_requirements.cpus', needing({ cpus: 'abc' })],
  ['resource_requirements.memory_mb', needing({ memory_mb: '1.5' })],
  ['resource_requirements.gpus', needing({ gpus: '-1' })],
  ['retry_delay', { retry_delay: '604801' }],
  ['working_directory', { working_directory: 'relative' }],
  ['tags', { tags: 'x'.repeat(65) }],
  ['environment.0.name', { environment: [{ name: 'JOBDECK_X', value: '' }] }],
  ['environment.1.name', { environment: [1, 2].map(() => ({ name: 'A', value: '' })) }],
  [
    'environment',
    { environment: [1, 2, 3, 4, 5].map((n) => ({ name: `A${n}`, value: 'x'.repeat(30_000) })) },
  ],
])('an error of %s stands at that field', (path, change) => {
  const issues = jobSchema.safeParse({ ...VALID, ...change }).error?.issues ?? [];
  expect(new Set(issues.map((issue) => issue.path.join('.')))).toEqual(new Set([path]));
});

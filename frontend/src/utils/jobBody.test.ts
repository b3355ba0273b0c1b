import { jobFactory, detailOf } from '@/test/jobFactory';
import { editValuesOf, toBody, toEdit, valuesOf } from '@/utils/jobBody';
import { EMPTY_JOB } from '@/utils/jobForm';
import { jobSchema } from '@/utils/jobSchema';

test('what was left empty is left to the server', () => {
  expect(toBody({ ...EMPTY_JOB, name: ' hello ', command: 'echo hi' })).toEqual({
    name: 'hello',
    command: 'echo hi',
    priority: 5,
    queue: 'default',
  });
});

test('numbers, tags, times and variables are sent as the API has them', () => {
  const body = toBody({
    ...EMPTY_JOB,
    name: 'n',
    command: '#!/bin/sh\r\ntrue',
    tags: 'a, b,, a',
    cpus: '0.5',
    memoryMb: '512',
    maxAttempts: '3',
    scheduledAt: '2030-01-02T03:04',
    environment: [{ name: 'A', value: '1' }],
  });
  expect(body).toMatchObject({
    command: '#!/bin/sh\ntrue',
    tags: ['a', 'b'],
    resource_requirements: { cpus: 0.5, memory_mb: 512 },
    max_attempts: 3,
    environment: { A: '1' },
    scheduled_at: new Date('2030-01-02T03:04').toISOString(),
  });
});

test('a tracked job carries nothing that only a command needs', () => {
  const body = toBody({ ...EMPTY_JOB, kind: 'tracked', name: 'n', command: 'left over', timeout: '5' });
  expect(body).not.toHaveProperty('command');
  expect(body).not.toHaveProperty('timeout');
});

test('an edit says only what was changed', () => {
  const before = editValuesOf(detailOf(jobFactory.pending({ name: 'old', tags: ['a'] })));
  expect(toEdit(before, { ...before, name: 'new' })).toEqual({ name: 'new' });
  expect(toEdit({ ...before, scheduledAt: '2030-01-02T03:04' }, before)).toEqual({ scheduled_at: null });
});

test('a job submitted again keeps its settings, but no time that is past', () => {
  const job = detailOf(jobFactory.failed({ scheduled_at: '2020-01-01T00:00:00Z', max_attempts: 3 }), {
    environment: { A: '1' },
  });
  const values = valuesOf(job, new Date());
  expect(values).toMatchObject({
    scheduledAt: '',
    maxAttempts: '3',
    environment: [{ name: 'A', value: '1' }],
  });
  expect(jobSchema.safeParse(values).success).toBe(true);
});

test.each([
  ['name', { name: '  ' }],
  ['command', { command: ' ' }],
  ['queue', { queue: '-x' }],
  ['cpus', { cpus: 'abc' }],
  ['memoryMb', { memoryMb: '1.5' }],
  ['workingDirectory', { workingDirectory: 'relative' }],
  ['tags', { tags: 'x'.repeat(65) }],
  ['environment.0.name', { environment: [{ name: 'JOBDECK_X', value: '' }] }],
])('an error of %s stands at that field', (path, change) => {
  const result = jobSchema.safeParse({ ...EMPTY_JOB, name: 'n', command: 'true', ...change });
  expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
});

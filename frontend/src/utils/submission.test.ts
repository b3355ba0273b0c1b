import { readFileSync } from 'node:fs';
import path from 'node:path';
import { detailOf, jobFactory } from '@/test/jobFactory';
import type { JobDetail } from '@/types/api.generated';
import {
  EDITABLE,
  editValuesOf,
  EMPTY_JOB,
  labelOf,
  NAMES,
  submissionOf,
  toBody,
  toEdit,
  valuesOf,
} from '@/utils/submission';

interface Schema {
  properties: Record<string, unknown>;
}

const OPENAPI = path.join(__dirname, '../../../docs/reference/openapi.json');
const { schemas } = (
  JSON.parse(readFileSync(OPENAPI, 'utf8')) as { components: { schemas: Record<string, Schema> } }
).components;
const namesOf = (schema: string) => Object.keys(schemas[schema]?.properties ?? {});

const NOW = new Date('2026-11-23T20:00:00Z');

/** Each of its fields is unlike what the server takes where it is left out. */
const full: JobDetail = detailOf(
  jobFactory.failed({
    name: 'train',
    description: 'the whole set',
    command: '#!/bin/sh\ntrue',
    priority: 9,
    queue: 'gpu',
    tags: ['nightly', 'resnet'],
    scheduled_at: '2030-01-02T03:04:00.000Z',
    resource_requirements: { cpus: 0.5, memory_mb: 512, gpus: 2, disk_mb: 4096 },
    timeout: 60,
    max_attempts: 3,
    retry_delay: 0,
    retry_on_lost: false,
    executor: 'slurm',
    working_directory: '/srv',
  }),
  {
    environment: { A: '1' },
    depends_on: [
      { job: 12, wants: 'failure', met: true },
      { job: 15, wants: 'success', met: null },
    ],
  },
);
/** What came of them is not submitted again, nor what is the usual wish. */
const DEPENDS_ON = [{ job: 12, wants: 'failure' }, { job: 15 }];

test('the table has every field of the OpenAPI document, and edits what a PATCH may edit', () => {
  const writable = namesOf('JobWrite');
  expect([...NAMES].sort()).toEqual([...writable].sort());
  const editable = namesOf('JobPatch').filter((name) => writable.includes(name));
  expect([...EDITABLE].sort()).toEqual(editable.sort());
  expect(Object.keys(EMPTY_JOB.resource_requirements).sort()).toEqual(namesOf('ResourceRequirements').sort());
});

test.each(namesOf('JobWrite'))('a copied command and a resubmission keep %s', (name) => {
  const job = { ...full, depends_on: DEPENDS_ON } as unknown as Record<string, unknown>;
  expect(submissionOf(full, NOW)).toHaveProperty(name, job[name]);
  expect(toBody(valuesOf(full, NOW))).toHaveProperty(name, job[name]);
});

test.each(namesOf('ResourceRequirements'))('a resubmission keeps %s alone', (name) => {
  const job = { ...full, resource_requirements: { [name]: 7 } };
  expect(toBody(valuesOf(job, NOW)).resource_requirements).toEqual({ [name]: 7 });
});

test('a tracked job that is submitted again keeps what its program is told', () => {
  const job: JobDetail = { ...full, kind: 'tracked', command: '', executor: 'local' };
  const { command, executor, ...kept } = submissionOf(full, NOW);
  expect([command, executor]).toEqual([full.command, 'slurm']);
  expect(toBody(valuesOf(job, NOW))).toEqual(kept);
  expect(submissionOf(job, NOW)).toEqual(kept);
});

test('what is as usual is left to the server', () => {
  expect(toBody({ ...EMPTY_JOB, name: ' hello ', command: 'echo hi' })).toEqual({
    name: 'hello',
    command: 'echo hi',
  });
});

test('numbers, tags, times and variables are sent as the API has them', () => {
  const body = toBody({
    ...EMPTY_JOB,
    name: 'n',
    command: '#!/bin/sh\r\ntrue',
    tags: 'a, b,, a',
    resource_requirements: { ...EMPTY_JOB.resource_requirements, cpus: '0.5', gpus: '0' },
    max_attempts: '3',
    scheduled_at: '2030-01-02T03:04',
    environment: [{ name: 'A', value: '1' }],
  });
  expect(body).toEqual({
    name: 'n',
    command: '#!/bin/sh\ntrue',
    tags: ['a', 'b'],
    resource_requirements: { cpus: 0.5, gpus: 0 },
    max_attempts: 3,
    environment: { A: '1' },
    scheduled_at: new Date('2030-01-02T03:04').toISOString(),
  });
});

test('a tracked job has no command, whatever was typed before it became one', () => {
  const body = toBody({ ...EMPTY_JOB, kind: 'tracked', name: 'n', command: 'left over', executor: 'slurm' });
  expect(body).toEqual({ name: 'n' });
});

test('an edit says only what was changed', () => {
  const before = editValuesOf(full);
  expect(toEdit(before, { ...before, name: 'new' })).toEqual({ name: 'new' });
  expect(toEdit(before, { ...before, scheduled_at: '', tags: '' })).toEqual({ scheduled_at: null, tags: [] });
});

test('a time that is past is not submitted again', () => {
  const job = { ...full, scheduled_at: '2020-01-01T00:00:00Z' };
  expect(valuesOf(job, NOW).scheduled_at).toBe('');
  expect(submissionOf(job, NOW)).not.toHaveProperty('scheduled_at');
});

test('fields and their parts are called the same wherever they are shown', () => {
  expect(labelOf('timeout')).toBe('Time limit in seconds');
  expect(labelOf('resource_requirements.disk_mb')).toBe('Disk in MB');
});

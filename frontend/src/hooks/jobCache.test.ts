import { dropJob, patchJob, placeJob } from '@/hooks/jobCache';
import { jobKeys, type JobDetail, type JobPage } from '@/services/jobs';
import { detailOf, jobFactory, statusFactory } from '@/test/jobFactory';
import { testClient } from '@/test/render';
import { pageOf } from '@/test/server';

const job = jobFactory.running({ version: 5 });
const other = jobFactory.completed();

function cache() {
  const client = testClient();
  client.setQueryData(jobKeys.list({}), pageOf([job, other]));
  client.setQueryData(jobKeys.detail(job.id), detailOf(job));
  return {
    client,
    row: () => client.getQueryData<JobPage>(jobKeys.list({}))?.results[0],
    detail: () => client.getQueryData<JobDetail>(jobKeys.detail(job.id)),
  };
}

test('news of a job reach its row and its page, and nobody else', () => {
  const { client, row, detail } = cache();
  placeJob(client, { ...job, progress: 80, version: 6 });
  expect(row()?.progress).toBe(80);
  expect(detail()?.progress).toBe(80);
  expect(client.getQueryData<JobPage>(jobKeys.list({}))?.results[1]).toBe(other);
});

test('news that come late do not undo newer ones', () => {
  const { client, row, detail } = cache();
  placeJob(client, { ...job, progress: 1, version: 4 });
  expect(row()?.progress).toBe(42);
  expect(detail()?.progress).toBe(42);
});

test('a new status joins the history once', () => {
  const { client, detail } = cache();
  const latest_status = statusFactory('RUNNING', { message: 'epoch 2' });
  const before = detail()?.statuses.length ?? 0;
  placeJob(client, { ...job, latest_status, version: 6 });
  placeJob(client, { ...job, latest_status, version: 7 });
  expect(detail()?.statuses).toHaveLength(before + 1);
});

test('an end has the page read again, for attempts are in no frame', () => {
  const { client } = cache();
  placeJob(client, { ...job, status: 'COMPLETED', version: 6 });
  expect(client.getQueryState(jobKeys.detail(job.id))?.isInvalidated).toBe(true);
});

test('mere progress has nothing read again', () => {
  const { client } = cache();
  placeJob(client, { ...job, progress: 43, version: 6 });
  expect(client.getQueryState(jobKeys.detail(job.id))?.isInvalidated).toBe(false);
});

test('what was changed early can be put back', () => {
  const { client, row, detail } = cache();
  const restore = patchJob(client, job.id, { status: 'CANCELLED' });
  expect([row()?.status, detail()?.status]).toEqual(['CANCELLED', 'CANCELLED']);
  restore();
  expect([row()?.status, detail()?.status]).toEqual(['RUNNING', 'RUNNING']);
});

test('a dropped job is no longer counted', () => {
  const { client } = cache();
  dropJob(client, job.id);
  expect(client.getQueryData<JobPage>(jobKeys.list({}))).toMatchObject({ count: 1, results: [other] });
});

test('a frame that leaves a large result out keeps the one that is there', () => {
  const { client, detail } = cache();
  client.setQueryData(jobKeys.detail(job.id), { ...detailOf(job), result_data: { large: true } });
  placeJob(client, { ...job, result_data: null, result_omitted: true, version: 6 });
  expect(detail()?.result_data).toEqual({ large: true });
  expect(detail()?.version).toBe(6);
});

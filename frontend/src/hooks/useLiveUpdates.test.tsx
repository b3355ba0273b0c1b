import { act, waitFor } from '@testing-library/react';
import { useLiveUpdates } from '@/hooks/useLiveUpdates';
import { jobKeys, type JobPage } from '@/services/jobs';
import type { LiveFrame } from '@/services/live';
import { statsKeys, type Stats } from '@/services/stats';
import { FakeSocket } from '@/test/FakeSocket';
import { statsFactory } from '@/test/factories';
import { jobFactory } from '@/test/jobFactory';
import { renderAppHook, testClient } from '@/test/render';
import { pageOf } from '@/test/server';

const job = jobFactory.running();

function hearing(frame: LiveFrame) {
  const client = testClient();
  client.setQueryData(jobKeys.list({}), pageOf([job]));
  client.setQueryData(statsKeys.range({}), statsFactory());
  renderAppHook(useLiveUpdates, client);
  act(() => {
    FakeSocket.latest.greet();
    FakeSocket.latest.say(frame);
  });
  return {
    page: () => client.getQueryData<JobPage>(jobKeys.list({})),
    stats: () => client.getQueryData<Stats>(statsKeys.range({})),
    isStale: () => client.getQueryState(jobKeys.list({}))?.isInvalidated,
  };
}

test('a job that moved moves in the list', () => {
  const { page } = hearing({ type: 'job', job: { ...job, progress: 77, version: 2 } });
  expect(page()?.results[0]?.progress).toBe(77);
});

test('a deleted job leaves the list', () => {
  expect(hearing({ type: 'job_deleted', id: job.id }).page()?.results).toEqual([]);
});

test('counts follow without asking', () => {
  const by_status = { PENDING: 0, RUNNING: 0, COMPLETED: 9, FAILED: 4, CANCELLED: 1 };
  const by_queue = [{ queue: 'gpu', ...by_status }];
  const told = { as_of: '2026-11-23T21:00:00Z', by_status, total: 14, by_queue, queues: 1 };
  const { stats } = hearing({ type: 'stats', ...told });
  expect(stats()).toMatchObject({ ...told, average_execution_time: 61.5 });
});

test('after a cut, what is shown is read again', async () => {
  const { isStale } = hearing({ type: 'refetch' });
  await waitFor(() => expect(isStale()).toBe(true));
});

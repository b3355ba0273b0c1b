import { act, screen, waitFor } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import { useDeleteJob } from '@/hooks/useDeleteJob';
import { jobKeys, type JobPage } from '@/services/jobs';
import { jobFactory } from '@/test/jobFactory';
import { renderAppHook, testClient } from '@/test/render';
import { api, pageOf, problem, server } from '@/test/server';

const job = jobFactory.failed();
const neighbour = jobFactory.completed();

function listing() {
  const client = testClient();
  client.setQueryData(jobKeys.list({}), pageOf([job, neighbour]));
  return { client, page: () => client.getQueryData<JobPage>(jobKeys.list({})) };
}

test('a deleted job leaves the list before the server has answered', async () => {
  const { client, page } = listing();
  server.use(
    http.delete(api(`/jobs/${job.id}/`), async () => {
      await delay('infinite');
    }),
  );
  const { result } = renderAppHook(useDeleteJob, client);
  act(() => result.current.mutate(job));
  await waitFor(() => expect(page()?.results).toEqual([neighbour]));
  expect(page()?.count).toBe(1);
});

test('a refused delete puts the job back where it was', async () => {
  const { client, page } = listing();
  server.use(http.delete(api(`/jobs/${job.id}/`), () => problem(409, { detail: 'It runs.' })));
  const { result } = renderAppHook(useDeleteJob, client);
  act(() => result.current.mutate(job));
  expect(await screen.findByText('It runs.')).toBeInTheDocument();
  expect(page()?.results).toEqual([job, neighbour]);
});

test('a delete that was done says so', async () => {
  const { client } = listing();
  server.use(http.delete(api(`/jobs/${job.id}/`), () => new HttpResponse(null, { status: 204 })));
  const { result } = renderAppHook(useDeleteJob, client);
  act(() => result.current.mutate(job));
  expect(await screen.findByText(`Deleted ${job.name}`)).toBeInTheDocument();
});

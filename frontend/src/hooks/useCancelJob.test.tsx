import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { delay, http, HttpResponse } from 'msw';
import { useCancelJob } from '@/hooks/useCancelJob';
import { jobKeys, type Job, type JobPage } from '@/services/jobs';
import { jobFactory } from '@/test/jobFactory';
import { renderAppHook, testClient } from '@/test/render';
import { api, pageOf, problem, server } from '@/test/server';

function listing(job: Job) {
  const client = testClient();
  client.setQueryData(jobKeys.list({}), pageOf([job]));
  const shown = () => client.getQueryData<JobPage>(jobKeys.list({}))?.results[0];
  return { client, shown };
}

test('a pending job shows as cancelled before the server has answered', async () => {
  const job = jobFactory.pending();
  const { client, shown } = listing(job);
  server.use(
    http.post(api(`/jobs/${job.id}/cancel/`), async () => {
      await delay('infinite');
    }),
  );
  const { result } = renderAppHook(useCancelJob, client);
  act(() => result.current.mutate(job));
  await waitFor(() => expect(shown()?.status).toBe('CANCELLED'));
});

test('a refused cancel puts the row back and says why', async () => {
  const job = jobFactory.pending();
  const { client, shown } = listing(job);
  server.use(
    http.post(api(`/jobs/${job.id}/cancel/`), () => problem(409, { detail: 'The job has already ended.' })),
  );
  const { result } = renderAppHook(useCancelJob, client);
  act(() => result.current.mutate(job));
  expect(await screen.findByText('The job has already ended.')).toBeInTheDocument();
  expect(shown()?.status).toBe('PENDING');
});

test('a running job goes on running, with its cancel requested', async () => {
  const job = jobFactory.running();
  const { client, shown } = listing(job);
  const answer = { ...job, cancel_requested_at: '2026-11-23T20:02:00Z', version: 2 };
  server.use(http.post(api(`/jobs/${job.id}/cancel/`), () => HttpResponse.json(answer, { status: 202 })));
  const { result } = renderAppHook(useCancelJob, client);
  act(() => result.current.mutate(job));
  expect(await screen.findByText(`Cancelling ${job.name}`)).toBeInTheDocument();
  expect(shown()).toMatchObject({ status: 'RUNNING', cancel_requested_at: answer.cancel_requested_at });
});

test('a cancelled job can be put back from the toast', async () => {
  const job = jobFactory.pending();
  const { client, shown } = listing(job);
  server.use(
    http.post(api(`/jobs/${job.id}/cancel/`), () =>
      HttpResponse.json({ ...job, status: 'CANCELLED', version: 2 }),
    ),
    http.post(api(`/jobs/${job.id}/retry/`), () => HttpResponse.json({ ...job, attempt: 2, version: 3 })),
  );
  const { result } = renderAppHook(useCancelJob, client);
  act(() => result.current.mutate(job));
  await userEvent.click(await screen.findByRole('button', { name: 'Put it back' }));
  await waitFor(() => expect(shown()).toMatchObject({ status: 'PENDING', attempt: 2 }));
});

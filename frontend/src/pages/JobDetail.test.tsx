import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { useLiveUpdates } from '@/hooks/useLiveUpdates';
import JobDetail from '@/pages/JobDetail';
import type { JobDetail as Detail } from '@/services/jobs';
import { FakeSocket } from '@/test/FakeSocket';
import { attemptFactory, detailOf, jobFactory, waitingFactory } from '@/test/jobFactory';
import { renderApp } from '@/test/render';
import { api, problem, server } from '@/test/server';

const TRACEBACK = 'Traceback (most recent call last):\nValueError: no such column\n';

function serve(job: Detail, log = '') {
  server.use(
    http.get(api('/jobs/:id/'), () => HttpResponse.json(job)),
    http.get(api('/jobs/:id/logs/'), ({ request }) => {
      const text = new URL(request.url).searchParams.get('stream') === 'stderr' ? log : '';
      return HttpResponse.json({
        stream: 'stderr',
        attempt: 1,
        offset: 0,
        next_offset: text.length,
        size: text.length,
        complete: true,
        first_line: 0,
        text,
      });
    }),
  );
}

/** As in the shell, which lets live frames into the cache. */
function Page() {
  useLiveUpdates();
  return <JobDetail />;
}

const open = (at = '/jobs/7') => renderApp(<Page />, { at, path: '/jobs/:id' });

test('a failed job opens on its cause: code, sentence, message, last error lines, Retry', async () => {
  serve(detailOf(jobFactory.failed({ id: 7, name: 'sum' })), TRACEBACK);
  open();
  const cause = await screen.findByRole('region', { name: 'Ended with exit code 3 after 1 min 00 s' });
  expect(cause).toHaveTextContent('It ended with an error of its own');
  expect(await within(cause).findByText(/Traceback/)).toBeInTheDocument();
  expect(await screen.findByRole('button', { name: 'Retry' })).toBeEnabled();
});

test('a pending job says what it waits for', async () => {
  const waiting_for = waitingFactory({ code: 'workers_busy', ahead: 3, ahead_kind: 'exact' });
  serve(detailOf(jobFactory.pending({ id: 7, waiting_for })));
  open();
  const waits = await screen.findByRole('region', { name: 'Waits for room on a worker' });
  expect(waits).toHaveTextContent('3 jobs go before it.');
});

test('an archived job says so and is restored from its page', async () => {
  const archived = detailOf(jobFactory.archived({ id: 7 }));
  serve(archived);
  open();
  const note = await screen.findByRole('region', { name: 'Archived' });
  server.use(
    http.post(api('/jobs/7/restore/'), () => {
      serve({ ...archived, archived_at: null, version: 2, actions: ['retry', 'delete', 'resubmit'] });
      return HttpResponse.json({ ...archived, archived_at: null, version: 2, actions: ['retry'] });
    }),
  );
  await userEvent.click(within(note).getByRole('button', { name: 'Restore' }));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Archived' })).not.toBeInTheDocument());
});

test('a page offers what the API says that may be done, and nothing else', async () => {
  serve(detailOf(jobFactory.failed({ id: 7, actions: [] })));
  open();
  await screen.findByRole('region', { name: /^Ended with exit code/ });
  const buttons = within(screen.getByRole('banner')).getAllByRole('button');
  expect(buttons.map((button) => button.getAttribute('aria-label'))).toEqual(['More actions']);
});

test('a running job shows how far it is and moves with live frames', async () => {
  const job = jobFactory.running({ id: 7, progress: 42 });
  serve(detailOf(job, { attempts: [attemptFactory()] }));
  open();
  expect(await screen.findByRole('heading', { name: '42% done' })).toBeInTheDocument();
  FakeSocket.latest.greet();
  await waitFor(() => expect(FakeSocket.latest.sent).toContainEqual({ subscribe: 'job', id: 7 }));
  FakeSocket.latest.say({ type: 'job', job: { ...job, progress: 57, version: 2 } });
  expect(await screen.findByRole('heading', { name: '57% done' })).toBeInTheDocument();
});

test('a cancelled job says by whom, and its receipt stands in the history', async () => {
  const receipt = {
    by: 'cgroup',
    term_at: '2026-11-23T20:01:00Z',
    kill_at: '2026-11-23T20:01:10Z',
    verified_empty: true,
    processes_killed: 2,
  };
  const job = jobFactory.cancelled({
    id: 7,
    cancel_requested_by: 'ada',
    cancel_requested_at: '2026-11-23T20:01:00Z',
  });
  serve(
    detailOf(job, {
      attempts: [attemptFactory({ ended_at: job.completed_at, reason: 'cancelled', receipt })],
    }),
  );
  open('/jobs/7?tab=history');
  const cancelled = await screen.findByRole('region', { name: 'Cancelled by ada' });
  expect(cancelled.textContent.match(/SIGTERM/g)).toHaveLength(1);
  const history = screen.getByRole('tabpanel');
  expect(history).toHaveTextContent('killed 10 s later (2 processes killed)');
  expect(history).toHaveTextContent('no process of it is left');
});

test('a short log of a failed job stands with its cause, and what was run below it', async () => {
  const attempt = attemptFactory({
    ended_at: '2026-11-23T20:00:00Z',
    reason: 'exit_code',
    exit_code: 3,
    log_complete: true,
    log_sizes: { stdout: 0, stderr: TRACEBACK.length },
  });
  const message = 'Whatever the engine says of it.';
  serve(detailOf(jobFactory.failed({ id: 7, error_message: message }), { attempts: [attempt] }), TRACEBACK);
  const { user } = open();
  const cause = await screen.findByRole('region', { name: /^Ended with exit code 3/ });
  expect(await within(cause).findByText(/Traceback/)).toBeInTheDocument();
  expect(screen.queryByText(message)).not.toBeInTheDocument();
  expect(screen.getByRole('tab', { name: 'Details' })).toHaveAttribute('aria-selected', 'true');
  await user.click(within(cause).getByRole('button', { name: 'Open the log' }));
  expect(screen.getByRole('tab', { name: 'Log' })).toHaveAttribute('aria-selected', 'true');
});

test('the tab is in the address', async () => {
  serve(detailOf(jobFactory.completed({ id: 7, result_data: { pi: 3 } })));
  const { user, router } = open();
  expect(await screen.findByRole('tab', { name: 'Result' })).toHaveAttribute('aria-selected', 'true');
  await user.click(screen.getByRole('tab', { name: 'Details' }));
  expect(router.state.location.search).toBe('?tab=details');
});

test('a job that is not there says so', async () => {
  server.use(http.get(api('/jobs/:id/'), () => problem(404, { title: 'Not found' })));
  open('/jobs/99');
  expect(await screen.findByText('There is no job #99')).toBeInTheDocument();
});

test('an address that is no number asks for nothing', async () => {
  open('/jobs/abc');
  expect(await screen.findByText('There is no job #abc')).toBeInTheDocument();
});

test('a job that is deleted while it is open says so', async () => {
  serve(detailOf(jobFactory.completed({ id: 7, name: 'gone' })));
  open();
  await screen.findByRole('heading', { name: 'gone' });
  server.use(http.get(api('/jobs/:id/'), () => problem(404)));
  FakeSocket.latest.greet();
  FakeSocket.latest.say({ type: 'job_deleted', id: 7 });
  expect(await screen.findByText('gone was deleted')).toBeInTheDocument();
});

test('an edit that somebody else overtook says what they changed and can be saved anyway', async () => {
  let stored = detailOf(jobFactory.pending({ id: 7, name: 'old', version: 1 }));
  const sent: (string | null)[] = [];
  server.use(
    http.get(api('/jobs/:id/'), () => HttpResponse.json(stored)),
    http.patch(api('/jobs/:id/'), async ({ request }) => {
      sent.push(request.headers.get('If-Match'));
      if (sent.length === 1) {
        stored = { ...stored, priority: 9, version: 2 };
        return problem(412, { title: 'It has changed' });
      }
      stored = { ...stored, ...((await request.json()) as object), version: 3 };
      return HttpResponse.json(stored);
    }),
  );
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: 'Edit' }));
  const name = await screen.findByLabelText('Name');
  await user.clear(name);
  await user.type(name, 'mine');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  const notice = await screen.findByRole('alert');
  expect(notice).toHaveTextContent('Priority is now “9”');
  expect(name).toHaveValue('mine');
  await user.click(within(notice).getByRole('button', { name: 'Save mine anyway' }));
  await screen.findByRole('heading', { name: 'mine' });
  expect(sent).toEqual(['W/"7-1"', 'W/"7-2"']);
  expect(stored).toMatchObject({ name: 'mine', priority: 9 });
});

test('a job that waits for others names them, and how they stand', async () => {
  const waiting_for = waitingFactory({ code: 'dependencies' });
  serve(detailOf(jobFactory.pending({ id: 7, waiting_for })));
  server.use(
    http.get(api('/jobs/7/dependencies/'), () =>
      HttpResponse.json({
        depends_on: [
          { job: 3, name: 'fetch', status: 'RUNNING', wants: 'success', met: null },
          { job: 4, name: null, status: null, wants: 'end', met: false },
        ],
        needed_by: [{ job: 9, name: 'report', status: 'PENDING', wants: 'failure', met: null }],
        needed_by_count: 1,
      }),
    ),
  );
  open();
  expect(await screen.findByText('Waits for the jobs that it depends on')).toBeInTheDocument();
  expect(await screen.findByRole('tab', { name: 'Dependencies 3', selected: true })).toBeInTheDocument();
  const neighbours = await screen.findAllByRole('listitem');
  expect(neighbours.map((one) => one.textContent)).toEqual([
    'Runningfetch#3has to complete',
    'Deleted#4ended otherwise',
    'Pendingreport#9has to fail',
  ]);
  expect(screen.getByRole('link', { name: /fetch/ })).toHaveAttribute('href', '/jobs/3');
});

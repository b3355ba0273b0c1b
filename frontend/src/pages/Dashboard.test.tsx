import { act, screen, waitFor, within } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import Dashboard from '@/pages/Dashboard';
import type { Job } from '@/services/jobs';
import { FakeSocket } from '@/test/FakeSocket';
import { jobFactory } from '@/test/jobFactory';
import { renderApp } from '@/test/render';
import { api, pageOf, problem, server } from '@/test/server';

/** The list's answers, by what was asked; `asked` has every query string so far. */
function listing(answer: (params: URLSearchParams) => Job[]) {
  const asked: string[] = [];
  server.use(
    http.get(api('/jobs/'), ({ request }) => {
      const { search, searchParams } = new URL(request.url);
      asked.push(search);
      return HttpResponse.json(pageOf(answer(searchParams)));
    }),
  );
  return asked;
}

async function rowOf(job: Job): Promise<HTMLElement> {
  const row = (await screen.findByText(job.name)).closest('tr');
  if (!row) throw new Error(`${job.name} is not in a row`);
  return row;
}

test('choosing a status filters the list, and Back restores it', async () => {
  const running = jobFactory.running();
  const failed = jobFactory.failed();
  listing((params) => (params.get('status') === 'FAILED' ? [failed] : [running, failed]));
  const { user, router } = renderApp(<Dashboard />);
  await rowOf(running);
  await user.click(screen.getByRole('button', { name: /^Failed/ }));
  await waitFor(() => expect(screen.queryByText(running.name)).toBeNull());
  expect(router.state.location.search).toBe('?status=FAILED');
  act(() => void router.navigate(-1));
  await rowOf(running);
});

test('the rows that are shown are watched', async () => {
  const job = jobFactory.running({ progress: 10 });
  listing(() => [job]);
  renderApp(<Dashboard />);
  await rowOf(job);
  act(() => FakeSocket.latest.greet());
  await waitFor(() => expect(FakeSocket.latest.sent).toContainEqual({ subscribe: 'jobs', ids: [job.id] }));
});

test('when jobs come, the first page is read again without a word', async () => {
  const newcomer = jobFactory.pending();
  const rows = [jobFactory.running()];
  listing(() => rows);
  renderApp(<Dashboard />);
  await rowOf(rows[0] ?? newcomer);
  rows.unshift(newcomer);
  act(() => FakeSocket.latest.greet());
  // The clock of the cache counts milliseconds; the news must be later than the answer.
  await delay(5);
  act(() => FakeSocket.latest.say({ type: 'list_changed' }));
  await rowOf(newcomer);
});

test('on a later page nothing jumps: a hint leads to the first', async () => {
  const rows = [jobFactory.running()];
  const asked = listing(() => rows);
  const { user, router } = renderApp(<Dashboard />, { at: '/?page=2' });
  await rowOf(rows[0] ?? jobFactory.running());
  act(() => FakeSocket.latest.greet());
  await delay(5);
  act(() => FakeSocket.latest.say({ type: 'list_changed' }));
  await user.click(await screen.findByRole('button', { name: 'Show the first page' }));
  expect(asked.filter((each) => each.includes('page=2'))).toHaveLength(1);
  expect(router.state.location.search).toBe('');
});

test('deleting asks first and says what goes', async () => {
  const job = jobFactory.failed({ status_history_count: 3 });
  const rows = [job];
  listing(() => rows);
  server.use(
    http.delete(api(`/jobs/${job.id}/`), () => {
      rows.length = 0;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = renderApp(<Dashboard />);
  await user.click(within(await rowOf(job)).getByRole('button', { name: /^Delete/ }));
  const dialog = await screen.findByRole('alertdialog');
  expect(dialog).toHaveTextContent(`deletes job #${job.id} with its 3 statuses`);
  await user.click(within(dialog).getByRole('button', { name: 'Delete job' }));
  expect(await screen.findByText(`Deleted ${job.name}`)).toBeInTheDocument();
});

test('a delete that was not confirmed is not sent', async () => {
  const job = jobFactory.failed();
  listing(() => [job]);
  const { user } = renderApp(<Dashboard />);
  await user.click(within(await rowOf(job)).getByRole('button', { name: /^Delete/ }));
  await user.click(await screen.findByRole('button', { name: 'Keep it' }));
  expect(await rowOf(job)).toBeInTheDocument();
});

test('a pending job is cancelled without a question, for that can be taken back', async () => {
  const job = jobFactory.pending();
  listing(() => [job]);
  server.use(
    http.post(api(`/jobs/${job.id}/cancel/`), () =>
      HttpResponse.json({ ...job, status: 'CANCELLED', version: 2 }),
    ),
  );
  const { user } = renderApp(<Dashboard />);
  await user.click(within(await rowOf(job)).getByRole('button', { name: /^Cancel/ }));
  expect(await screen.findByRole('button', { name: 'Put it back' })).toBeInTheDocument();
});

test('a running job is only cancelled after a question', async () => {
  const job = jobFactory.running();
  listing(() => [job]);
  const { user } = renderApp(<Dashboard />);
  await user.click(within(await rowOf(job)).getByRole('button', { name: /^Cancel/ }));
  expect(await screen.findByRole('alertdialog')).toHaveTextContent(/asked to stop, then killed/);
});

test('a Jobdeck without jobs shows how to make one', async () => {
  listing(() => []);
  renderApp(<Dashboard />);
  expect(await screen.findByRole('heading', { name: 'No jobs yet' })).toBeInTheDocument();
  expect(screen.getByText(/Authorization: Bearer/)).toHaveTextContent('http://localhost/api/jobs/');
});

test('a filter that hides everything says how much, and can be cleared', async () => {
  const job = jobFactory.running();
  listing((params) => (params.has('q') ? [] : [job]));
  const { user } = renderApp(<Dashboard />, { at: '/?q=zzz' });
  expect(await screen.findByText('The filter hides 16 jobs.')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Clear the filter' }));
  expect(await rowOf(job)).toBeInTheDocument();
});

test('a page past the end leads back', async () => {
  listing(() => []);
  renderApp(<Dashboard />, { at: '/?page=99' });
  expect(await screen.findByRole('button', { name: 'Go to page 1' })).toBeInTheDocument();
});

test('an error says what happened and can be tried again', async () => {
  const job = jobFactory.running();
  server.use(
    http.get(api('/jobs/'), () => problem(503, { title: 'The database does not answer' }), { once: true }),
    http.get(api('/jobs/'), () => HttpResponse.json(pageOf([job]))),
  );
  const { user } = renderApp(<Dashboard />);
  expect(await screen.findByRole('alert')).toHaveTextContent('The database does not answer');
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await rowOf(job)).toBeInTheDocument();
});

test('a search that cannot be understood says where, in place of the list', async () => {
  const mistake = {
    field: 'q',
    message: 'There is no qualifier stauts:.',
    hint: 'Did you mean status:?',
    position: 4,
  };
  server.use(http.get(api('/jobs/'), () => problem(400, { title: 'Invalid input', errors: [mistake] })));
  renderApp(<Dashboard />, { at: '/?q=sum+stauts:failed' });
  expect(await screen.findByRole('alert')).toHaveTextContent(/Did you mean status:\?/);
  expect(screen.getByText('s', { selector: 'mark' })).toBeInTheDocument();
  expect(screen.getByRole('combobox', { name: 'Search jobs' })).toBeInvalid();
  expect(screen.queryByText('Invalid input')).not.toBeInTheDocument();
});

test('a search that is still being typed leaves the rows and says nothing yet', async () => {
  const job = jobFactory.running();
  const missing = { field: 'q', message: 'A value is missing after status:.', hint: '', position: 7 };
  server.use(
    http.get(api('/jobs/'), ({ request }) =>
      new URL(request.url).searchParams.has('q')
        ? problem(400, { errors: [missing] })
        : HttpResponse.json(pageOf([job])),
    ),
  );
  const { user } = renderApp(<Dashboard />);
  await rowOf(job);
  await user.type(screen.getByRole('combobox', { name: 'Search jobs' }), 'status:');
  await waitFor(() => expect(window.location.search).toContain('q=status'));
  expect(await rowOf(job)).toBeInTheDocument();
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  await user.tab();
  expect(await screen.findByRole('alert')).toHaveTextContent('A value is missing');
});

test('/ leads to the search', async () => {
  listing(() => [jobFactory.running()]);
  const { user } = renderApp(<Dashboard />);
  await user.keyboard('/');
  expect(screen.getByRole('combobox', { name: 'Search jobs' })).toHaveFocus();
});

test('on a phone the table is cards', async () => {
  jest
    .spyOn(window, 'matchMedia')
    .mockImplementation(
      (query) => Object.assign(new EventTarget(), { matches: true, media: query }) as MediaQueryList,
    );
  const job = jobFactory.failed();
  listing(() => [job]);
  renderApp(<Dashboard />);
  const card = await screen.findByRole('article', { name: job.name });
  expect(within(card).getByText('Exit code 3')).toBeInTheDocument();
  expect(within(card).getByRole('button', { name: /^Retry/ })).toBeInTheDocument();
  expect(screen.queryByRole('table')).toBeNull();
});

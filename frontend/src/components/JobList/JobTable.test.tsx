import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter } from 'react-router';
import { JobTable } from '@/components/JobList/JobTable';
import type { Job } from '@/services/jobs';
import { jobFactory, waitingFactory } from '@/test/jobFactory';
import type { Ordering } from '@/utils/ordering';

const sort = jest.fn();
const act = jest.fn();
beforeEach(() => jest.resetAllMocks());

interface Options {
  stale?: boolean;
  ordering?: Ordering;
}

function table(jobs: Job[] | undefined, { stale = false, ordering = '-created_at' }: Options = {}) {
  render(
    <MemoryRouter>
      <JobTable jobs={jobs} expected={20} stale={stale} ordering={ordering} onSort={sort} onAction={act} />
    </MemoryRouter>,
  );
  return screen.getByRole('table', { name: 'Jobs' });
}

const actionsOf = (job: Job) =>
  within(screen.getByRole('row', { name: new RegExp(job.name) }))
    .queryAllByRole('button')
    .map((button) => button.getAttribute('aria-label')?.split(' ')[0]);

test('a row leads to its job', () => {
  const job = jobFactory.running();
  table([job]);
  expect(screen.getByRole('link', { name: job.name })).toHaveAttribute('href', `/jobs/${job.id}`);
});

test('a failed row shows its cause, a waiting one what it waits for', () => {
  table([jobFactory.failed(), jobFactory.pending({ waiting_for: waitingFactory({ code: 'too_large' }) })]);
  expect(screen.getByText('Exit code 3')).toBeInTheDocument();
  expect(screen.getByTitle('Waits for a larger worker')).toHaveTextContent('Too large');
  expect(screen.getByTitle('Ended with exit code 3 after 1 min 00 s')).toBeInTheDocument();
});

test('a row with a time to wait for counts down to it', () => {
  const until = new Date(Date.now() + 7_200_500).toISOString();
  table([
    jobFactory.pending({ waiting_for: waitingFactory({ code: 'scheduled', until }) }),
    jobFactory.pending({ waiting_for: waitingFactory({ code: 'backoff', until }) }),
  ]);
  expect(screen.getByText('Due')).toHaveTextContent('Due in 2 hours');
  expect(screen.getByText('Again')).toHaveTextContent('Again in 2 hours');
});

test('a row offers what the API says that may be done, and nothing else', () => {
  const jobs = [
    jobFactory.pending(),
    jobFactory.running(),
    jobFactory.failed(),
    jobFactory.cancelling(),
    jobFactory.failed({ actions: [] }),
  ];
  table(jobs);
  expect(jobs.map(actionsOf)).toEqual([['Cancel', 'Delete'], ['Cancel'], ['Retry', 'Delete'], [], []]);
});

test('an action is told with its job', async () => {
  const job = jobFactory.failed();
  table([job]);
  await userEvent.click(screen.getByRole('button', { name: `Retry ${job.name}` }));
  expect(act).toHaveBeenCalledWith('retry', job);
});

test('headers sort, and say how the table is sorted', async () => {
  table([jobFactory.running()], { ordering: '-priority' });
  expect(screen.getByRole('columnheader', { name: 'Priority' })).toHaveAttribute('aria-sort', 'descending');
  expect(screen.getByRole('columnheader', { name: 'Job' })).toHaveAttribute('aria-sort', 'none');
  await userEvent.click(screen.getByRole('button', { name: 'Job' }));
  expect(sort).toHaveBeenCalledWith('name');
});

test('while the first page loads there are as many rows as will come', () => {
  const shown = table(undefined);
  expect(shown).toHaveAttribute('aria-busy', 'true');
  expect(within(shown).getAllByRole('row')).toHaveLength(21);
});

test('while another page loads the old rows stay', () => {
  const job = jobFactory.completed();
  expect(table([job], { stale: true })).toHaveAttribute('aria-busy', 'true');
  expect(screen.getByText(job.name)).toBeInTheDocument();
});

test('the time that a running job takes is its own, not a number of the list', () => {
  const started = new Date(Date.now() - 65_000).toISOString();
  table([jobFactory.running({ started_at: started, execution_time: 3 })]);
  expect(screen.getByText(/^1 min 0\d s$/)).toBeInTheDocument();
});

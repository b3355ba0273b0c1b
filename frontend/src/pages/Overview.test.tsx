import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import Overview from '@/pages/Overview';
import { bucketFactory, statsFactory } from '@/test/factories';
import { jobFactory } from '@/test/jobFactory';
import { renderApp } from '@/test/render';
import { api, pageOf, server } from '@/test/server';

// A stand-in: jsdom has no canvas to draw on.
jest.mock('@/components/Stats/Plot', () => ({
  __esModule: true,
  default: ({ buckets, onPick }: { buckets: { from: string }[]; onPick?: (bucket: unknown) => void }) => (
    <button type="button" onClick={() => onPick?.(buckets[0])}>
      drawn from {buckets.length}
    </button>
  ),
}));

const series = [
  bucketFactory({ completed: 10, failed: 1, submitted: 12 }),
  bucketFactory({ from: '2026-11-23T19:00:00Z', to: '2026-11-23T20:00:00Z', completed: 4, cancelled: 2 }),
];
const none = { PENDING: 0, RUNNING: 0, COMPLETED: 0, FAILED: 0, CANCELLED: 0 };

let asked: URLSearchParams[] = [];
let jobsAsked: URLSearchParams[] = [];

beforeEach(() => {
  asked = [];
  jobsAsked = [];
  server.use(
    http.get(api('/jobs/stats/'), ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      const by_queue = [{ queue: 'gpu', ...none, PENDING: 3 }];
      const by_owner = [{ owner: 'ada', ...none, PENDING: 3 }];
      return HttpResponse.json(statsFactory({ series, by_queue, by_owner, completed: 14 }));
    }),
    http.get(api('/jobs/'), ({ request }) => {
      const params = new URL(request.url).searchParams;
      jobsAsked.push(params);
      const failed = params.get('status') === 'FAILED';
      return HttpResponse.json(pageOf(failed ? [jobFactory.failed({ name: 'night-shift' })] : []));
    }),
  );
});

test('every count leads to its jobs', async () => {
  renderApp(<Overview />);
  expect(await screen.findByRole('link', { name: /Failed 4/ })).toHaveAttribute('href', '/?status=FAILED');
});

test('the newest failures are told with their causes', async () => {
  renderApp(<Overview />);
  expect(await screen.findByRole('link', { name: 'night-shift' })).toBeInTheDocument();
  expect(screen.getByText('Exit code 3')).toBeInTheDocument();
});

test('a chart has a sentence, and a table of the same figures that lead to their jobs', async () => {
  const { user } = renderApp(<Overview />);
  expect(
    await screen.findByRole('img', { name: 'Ended: 14 completed, 4 failed, 1 cancelled' }),
  ).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Ended as a table' }));
  const table = screen.getByRole('region', { name: 'Ended table' });
  const figures = within(table)
    .getAllByRole('row')
    .slice(1)
    .map((row) =>
      within(row)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    );
  expect(figures).toEqual([
    ['0', '2', '4'],
    ['1', '0', '10'],
  ]);
  expect(within(table).getByRole('link', { name: '1' })).toHaveAttribute(
    'href',
    '/?status=FAILED&completed_after=2026-11-23T18%3A00%3A00Z&completed_before=2026-11-23T19%3A00%3A00Z',
  );
});

test('a click on a bucket leads to the jobs of that time', async () => {
  const { user, router } = renderApp(<Overview />, { at: '/overview?queue=gpu', path: '/overview' });
  const chart = await screen.findByRole('region', { name: 'Submitted and started' });
  await user.click(await within(chart).findByText('drawn from 2'));
  expect(router.state.location.search).toBe(
    '?queue=gpu&created_after=2026-11-23T18%3A00%3A00Z&created_before=2026-11-23T19%3A00%3A00Z',
  );
});

test('the address says what the figures are of, and choosing writes it there', async () => {
  const { user, router } = renderApp(<Overview />, {
    at: '/overview?range=month&owner=ada',
    path: '/overview',
  });
  expect(await screen.findByRole('combobox', { name: 'Range' })).toHaveValue('month');
  await screen.findByRole('link', { name: /Failed 4/ });
  const first = asked.find((params) => params.has('from'));
  expect([first?.get('bucket'), first?.get('owner')]).toEqual(['day', 'ada']);
  await screen.findByRole('option', { name: 'gpu' });
  await user.selectOptions(screen.getByRole('combobox', { name: 'Queue' }), 'gpu');
  await user.selectOptions(screen.getByRole('combobox', { name: 'Bucket' }), 'week');
  expect(router.state.location.search).toBe('?range=month&bucket=week&queue=gpu&owner=ada');
  expect(await screen.findByRole('link', { name: /Failed 4/ })).toHaveAttribute(
    'href',
    '/?status=FAILED&queue=gpu&owner=ada',
  );
  expect(jobsAsked.at(-1)?.getAll('queue')).toEqual(['gpu']);
});

test('without anything to draw a chart says so', async () => {
  server.use(
    http.get(api('/jobs/stats/'), () => HttpResponse.json(statsFactory({ series: [bucketFactory()] }))),
  );
  renderApp(<Overview />);
  expect(await screen.findAllByText('Nothing in this time.')).toHaveLength(5);
});

test('times are told of waiting and of running, with the share that succeeded', async () => {
  renderApp(<Overview />);
  expect(await screen.findByText('2 min 00 s')).toBeInTheDocument();
  expect(screen.getByText('60 %')).toBeInTheDocument();
});

import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import Overview from '@/pages/Overview';
import { bucketFactory, statsFactory } from '@/test/factories';
import { jobFactory } from '@/test/jobFactory';
import { renderApp } from '@/test/render';
import { api, pageOf, server } from '@/test/server';

const HOURS = [
  bucketFactory({ from: '2026-11-23T18:00:00Z', completed: 10, failed: 1 }),
  bucketFactory({ from: '2026-11-23T19:00:00Z', completed: 4, cancelled: 2 }),
];

beforeEach(() => {
  server.use(
    http.get(api('/jobs/stats/'), () => HttpResponse.json(statsFactory({ series: HOURS }))),
    http.get(api('/jobs/'), ({ request }) => {
      const failed = new URL(request.url).searchParams.get('status') === 'FAILED';
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

test('the bars have a sentence, and a table of the same figures', async () => {
  const { user } = renderApp(<Overview />);
  expect(
    await screen.findByRole('img', { name: '17 jobs ended in the last 2 hours, at most 11 in one' }),
  ).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'As a table' }));
  const rows = within(screen.getByRole('region', { name: 'Ended per hour table' })).getAllByRole('row');
  const figures = rows.slice(1).map((row) =>
    within(row)
      .getAllByRole('cell')
      .map((cell) => cell.textContent),
  );
  expect(figures).toEqual([
    ['0', '2', '4'],
    ['1', '0', '10'],
  ]);
});

test('times are told as what most jobs stay below', async () => {
  renderApp(<Overview />);
  expect(await screen.findByText('2 min 00 s')).toBeInTheDocument();
});

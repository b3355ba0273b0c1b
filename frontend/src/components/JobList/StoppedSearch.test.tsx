import { fireEvent, screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import Dashboard from '@/pages/Dashboard';
import { jobFactory } from '@/test/jobFactory';
import { renderApp } from '@/test/render';
import { api, pageOf, server } from '@/test/server';

const STOPPED = {
  searched_until: { id: 7, value: '2026-03-01T12:00:00Z' },
  next_cursor: 'further',
  next: '/api/jobs/?cursor=further',
};

/** The first search finds these and breaks off; the one that goes on finds a job. */
function stopWith(results: ReturnType<typeof jobFactory.failed>[], stopped: object = STOPPED) {
  server.use(
    http.get(api('/jobs/'), ({ request }) =>
      new URL(request.url).searchParams.get('cursor') === 'further'
        ? HttpResponse.json(pageOf([jobFactory.failed({ name: 'the old one' })]))
        : HttpResponse.json({ ...pageOf(results), ...stopped }),
    ),
  );
}

test('a search that found nothing in time says how far it came, and goes on', async () => {
  stopWith([]);
  renderApp(<Dashboard />, { at: '/?q=old' });
  await screen.findByText('Nothing found so far');
  expect(screen.getByText(/Searched back to .*2026.*; there may be more/)).toBeInTheDocument();
  expect(screen.queryByText('No job matches')).not.toBeInTheDocument();
  fireEvent.click(screen.getByText('Search on'));
  await screen.findByText('the old one');
});

test('what was found so far is shown, with the way to go on', async () => {
  stopWith([jobFactory.failed({ name: 'a new one' })]);
  renderApp(<Dashboard />, { at: '/?q=one&ordering=name' });
  await screen.findByText('a new one');
  expect(screen.getByText(/1 job found so far. Searched as far as name/)).toBeInTheDocument();
  fireEvent.click(screen.getByText('Search on'));
  await screen.findByText('the old one');
});

test('where no job so old is left, it tells how far it came by the job', async () => {
  stopWith([], { ...STOPPED, searched_until: { id: 7, value: null } });
  renderApp(<Dashboard />, { at: '/?q=old' });
  expect(await screen.findByText(/Searched as far as job 7; there may be more/)).toBeInTheDocument();
});

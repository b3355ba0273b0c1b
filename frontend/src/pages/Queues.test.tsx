import { act, screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import Queues from '@/pages/Queues';
import { statsKeys, type Stats } from '@/services/stats';
import { statsFactory } from '@/test/factories';
import { renderApp } from '@/test/render';
import { api, problem, server } from '@/test/server';

const thumbnails = { queue: 'thumbnails', PENDING: 1, RUNNING: 2, COMPLETED: 4, FAILED: 4, CANCELLED: 0 };
const other = { queue: 'a & b', PENDING: 2, RUNNING: 0, COMPLETED: 2, FAILED: 0, CANCELLED: 1 };
const by_queue = [thumbnails, other];

function answer(stats: Stats): void {
  server.use(http.get(api('/jobs/stats/'), () => HttpResponse.json(stats)));
}

test('every count of a queue leads to its jobs', async () => {
  answer(statsFactory({ by_queue }));
  renderApp(<Queues />);
  const link = (name: string) => screen.getByRole('link', { name });
  expect(await screen.findByRole('link', { name: '4 jobs failed in thumbnails' })).toHaveAttribute(
    'href',
    '/?status=FAILED&queue=thumbnails',
  );
  expect(link('2 jobs pending in a & b')).toHaveAttribute('href', '/?status=PENDING&queue=a+%26+b');
  expect(link('a & b')).toHaveAttribute('href', '/?queue=a+%26+b');
  expect(document.title).toBe('Queues · Jobdeck');
});

test('what waits in all leads to it', async () => {
  answer(statsFactory({ by_queue }));
  renderApp(<Queues />);
  expect(await screen.findByRole('link', { name: '3 jobs waiting' })).toHaveAttribute(
    'href',
    '/?status=PENDING',
  );
  expect(screen.getByRole('link', { name: '6 jobs completed' })).toBeInTheDocument();
});

test('queues stay in the order of their names, however much they have to do', async () => {
  answer(statsFactory({ by_queue }));
  renderApp(<Queues />);
  const headers = await screen.findAllByRole('rowheader');
  expect(headers.map((header) => header.textContent)).toEqual(['a & b', 'thumbnails', 'All queues']);
});

test('on a phone each queue is a card, so that nothing scrolls sideways', async () => {
  jest
    .spyOn(window, 'matchMedia')
    .mockImplementation(
      (query) => Object.assign(new EventTarget(), { matches: true, media: query }) as MediaQueryList,
    );
  answer(statsFactory({ by_queue }));
  renderApp(<Queues />);
  const card = await screen.findByRole('article', { name: 'thumbnails' });
  expect(within(card).getByRole('link', { name: '2 jobs running in thumbnails' })).toHaveAttribute(
    'href',
    '/?status=RUNNING&queue=thumbnails',
  );
  expect(screen.queryByRole('table')).toBeNull();
});

test('queues follow the live counts', async () => {
  answer(statsFactory({ by_queue }));
  const { client } = renderApp(<Queues />);
  await screen.findByRole('link', { name: '1 job pending in thumbnails' });
  act(() => {
    client.setQueryData<Stats>(
      statsKeys.range({}),
      (now) => now && { ...now, by_queue: [{ ...thumbnails, PENDING: 2 }, other] },
    );
  });
  expect(await screen.findByRole('link', { name: '2 jobs pending in thumbnails' })).toBeInTheDocument();
});

test('that there are more queues than are named is said', async () => {
  answer(statsFactory({ by_queue, queues: 240 }));
  renderApp(<Queues />);
  expect(await screen.findByText(/The 2 with the most to do of 240 queues/)).toBeInTheDocument();
});

test('without a queue it says what one is and how it comes to be', async () => {
  answer(statsFactory({ by_status: { PENDING: 0, RUNNING: 0, COMPLETED: 0, FAILED: 0, CANCELLED: 0 } }));
  renderApp(<Queues />);
  expect(await screen.findByText(/A queue keeps jobs of one kind together/)).toBeInTheDocument();
  expect(await screen.findByText(/"queue": "thumbnails"/)).toBeInTheDocument();
});

test('an error can be tried again, and is not asked about by itself', async () => {
  let asked = 0;
  server.use(
    http.get(api('/jobs/stats/'), () => {
      asked += 1;
      return problem(500, { title: 'Broken' });
    }),
  );
  renderApp(<Queues />);
  expect(await screen.findByRole('alert')).toHaveTextContent('Broken');
  expect(screen.getByRole('button', { name: 'Try again' })).toBeInTheDocument();
  expect(screen.queryByRole('table')).toBeNull();
  expect(asked).toBe(1);
});

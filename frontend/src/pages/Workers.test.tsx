import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import Workers from '@/pages/Workers';
import { workerFactory } from '@/test/factories';
import { renderApp } from '@/test/render';
import { api, problem, server } from '@/test/server';

const answer = (...results: ReturnType<typeof workerFactory>[]) =>
  server.use(http.get(api('/workers/'), () => HttpResponse.json({ results })));

test('a worker is told with its state, its capacity and what it enforces', async () => {
  answer(workerFactory({ running: 3 }));
  renderApp(<Workers />);
  const row = await screen.findByRole('row', { name: /worker-1/ });
  for (const part of [
    'Active',
    'on bench',
    '8 CPUs, 15.6 GiB memory',
    'memory, CPU, processes',
    'local',
    '3',
  ]) {
    expect(within(row).getByText(part)).toBeInTheDocument();
  }
});

test('on a phone each worker is a card, so that nothing scrolls sideways', async () => {
  jest
    .spyOn(window, 'matchMedia')
    .mockImplementation(
      (query) => Object.assign(new EventTarget(), { matches: true, media: query }) as MediaQueryList,
    );
  answer(workerFactory({ running: 3 }));
  renderApp(<Workers />);
  const card = await screen.findByRole('article', { name: 'worker-1' });
  for (const part of ['Active', 'bench', '8 CPUs, 15.6 GiB memory', 'memory, CPU, processes', '3']) {
    expect(within(card).getByText(part)).toBeInTheDocument();
  }
  expect(screen.queryByRole('table')).toBeNull();
});

test('a worker that was not heard from is not shown as active', async () => {
  answer(workerFactory({ state: 'unreachable' }));
  renderApp(<Workers />);
  expect(await screen.findByText('Unreachable')).toBeInTheDocument();
});

test('without a worker it says what that means and how to start one', async () => {
  answer();
  renderApp(<Workers />);
  expect(await screen.findByText(/Jobs wait until one does/)).toBeInTheDocument();
});

test('an error can be tried again', async () => {
  server.use(http.get(api('/workers/'), () => problem(500, { title: 'Broken' })));
  renderApp(<Workers />);
  expect(await screen.findByRole('alert')).toHaveTextContent('Broken');
  expect(screen.getByRole('button', { name: 'Try again' })).toBeInTheDocument();
});

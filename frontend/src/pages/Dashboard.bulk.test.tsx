import { act, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import Dashboard from '@/pages/Dashboard';
import { operationFactory, previewFactory } from '@/test/factories';
import { jobFactory } from '@/test/jobFactory';
import { renderApp } from '@/test/render';
import { api, pageOf, server } from '@/test/server';

const first = jobFactory.pending({ name: 'first' });
const second = jobFactory.pending({ name: 'second' });
let asked: unknown[];

beforeEach(() => {
  asked = [];
  server.use(
    http.get(api('/jobs/'), () => HttpResponse.json(pageOf([first, second], 4300))),
    http.post(api('/operations/preview/'), async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json(previewFactory());
    }),
  );
});

const bar = () => screen.findByRole('region', { name: 'Selected jobs' });

test('ticked rows are counted, and kept from page to page of the same filter only', async () => {
  const { user, router } = renderApp(<Dashboard />);
  await user.click(await screen.findByRole('checkbox', { name: 'Select first' }));
  expect(await bar()).toHaveTextContent('1 job selected');
  await user.click(screen.getByRole('checkbox', { name: 'Select all jobs of this page' }));
  expect(await bar()).toHaveTextContent('2 jobs selected');
  await act(() => router.navigate('/?page=2'));
  expect(await bar()).toHaveTextContent('2 jobs selected');
  await act(() => router.navigate('/?status=FAILED'));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Selected jobs' })).toBeNull());
});

test('x ticks the row that has the focus', async () => {
  const { user } = renderApp(<Dashboard />);
  (await screen.findByRole('link', { name: 'second' })).focus();
  await user.keyboard('x');
  expect(await screen.findByRole('checkbox', { name: 'Select second' })).toBeChecked();
});

test('the question says exactly what would happen to the ticked jobs', async () => {
  const { user } = renderApp(<Dashboard />);
  await user.click(await screen.findByRole('checkbox', { name: 'Select first' }));
  await user.click(within(await bar()).getByRole('button', { name: 'Cancel' }));
  const dialog = await screen.findByRole('dialog');
  expect(await within(dialog).findByText(/waiting: cancelled/)).toHaveTextContent('4,212');
  expect(within(dialog).getByText(/skipped: ended/)).toHaveTextContent('88');
  expect(dialog).toHaveTextContent('It can be undone');
  expect(asked).toEqual([{ action: 'cancel', ids: [first.id] }]);
});

test('everything that matches is asked for by the filter, and watched until it is done', async () => {
  let begun: unknown;
  let running = operationFactory({ id: 7, handled: 1200, left: 3100, rate: 900 });
  server.use(
    http.post(api('/operations/'), async ({ request }) => {
      begun = await request.json();
      return HttpResponse.json(running, { status: 202 });
    }),
    http.get(api('/operations/'), () =>
      HttpResponse.json({
        next_cursor: null,
        results: begun && running.state === 'running' ? [running] : [],
      }),
    ),
    http.get(api('/operations/7/'), () => HttpResponse.json(running)),
    http.post(api('/operations/7/abort/'), () => {
      running = { ...running, state: 'aborted', can_abort: false, can_undo: true, left: null };
      return HttpResponse.json(running);
    }),
  );
  const { user } = renderApp(<Dashboard />, { at: '/?status=PENDING' });
  await user.click(await screen.findByRole('checkbox', { name: 'Select first' }));
  await user.click(within(await bar()).getByRole('button', { name: /Select everything/ }));
  expect(await bar()).toHaveTextContent('Everything that matches: 4,300');
  await user.click(within(await bar()).getByRole('button', { name: 'Cancel' }));
  await user.click(await screen.findByRole('button', { name: 'Cancel: 4,212 jobs' }));

  const panel = await screen.findByRole('region', { name: 'Operation 7' });
  expect(panel).toHaveTextContent('1,200 done · 3,100 left · 900 a second');
  expect(begun).toMatchObject({
    action: 'cancel',
    selection: { status: ['PENDING'] },
    preview: 'token',
  });
  await user.click(within(panel).getByRole('button', { name: 'Stop' }));
  expect(await within(panel).findByRole('button', { name: 'Undo' })).toBeInTheDocument();
  expect(panel).toHaveTextContent('Stopped after 1,200 of 4,300 jobs');
});

import { act, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import AppShell from '@/pages/AppShell';
import { meFactory } from '@/test/factories';
import { renderApp } from '@/test/render';
import { api, problem, server } from '@/test/server';

test('whoever is not signed in is shown the way in', async () => {
  server.use(http.get(api('/me/'), () => problem(401)));
  const { router } = renderApp(<AppShell />, { at: '/overview?x=1', path: '/overview' });
  expect(await screen.findByText('elsewhere')).toBeInTheDocument();
  expect(router.state.location).toMatchObject({ pathname: '/signin', state: { from: '/overview?x=1' } });
});

test('a server that cannot be reached is not taken for a closed door', async () => {
  server.use(http.get(api('/me/'), () => HttpResponse.error()));
  renderApp(<AppShell />);
  expect(await screen.findByRole('alert')).toHaveTextContent('Jobdeck cannot be reached');
});

test('the header tells what is going on, with a way to it', async () => {
  renderApp(<AppShell />);
  const summary = await screen.findByRole('list', { name: 'Jobs by status' });
  expect(await within(summary).findByRole('link', { name: '4 jobs failed' })).toHaveAttribute(
    'href',
    '/?status=FAILED',
  );
});

test('who may not submit is offered no new job', async () => {
  server.use(http.get(api('/me/'), () => HttpResponse.json(meFactory({ can_submit: false }))));
  renderApp(<AppShell />);
  await screen.findByRole('navigation', { name: 'Main' });
  expect(screen.queryByRole('link', { name: 'New job' })).toBeNull();
});

test('a chosen theme is worn at once and kept', async () => {
  const { user } = renderApp(<AppShell />);
  await user.click(await screen.findByRole('button', { name: 'Theme: System' }));
  await user.click(screen.getByRole('button', { name: 'Dark' }));
  expect(document.documentElement.dataset.theme).toBe('dark');
  expect(localStorage.getItem('jobdeck.preferences')).toContain('"theme":"dark"');
});

test('signing out leads to the door', async () => {
  let signedIn = true;
  server.use(
    http.get(api('/me/'), () => (signedIn ? HttpResponse.json(meFactory()) : problem(401))),
    http.post(api('/auth/signout/'), () => {
      signedIn = false;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user, router } = renderApp(<AppShell />, { path: '/' });
  await user.click(await screen.findByRole('button', { name: 'Account: ada' }));
  await user.click(screen.getByRole('button', { name: 'Sign out' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/signin'));
});

test('? lists the keys, and c creates a job', async () => {
  const { user, router } = renderApp(<AppShell />, { path: '/' });
  await screen.findByRole('navigation', { name: 'Main' });
  await user.keyboard('?');
  const dialog = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
  await user.click(within(dialog).getByRole('button', { name: 'Close' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await act(() => user.keyboard('c'));
  expect(router.state.location.pathname).toBe('/jobs/new');
});

test('every place has its two keys, and the list of keys tells them', async () => {
  jest.spyOn(window, 'scrollTo').mockImplementation(() => undefined);
  const { user, router } = renderApp(<AppShell />);
  await screen.findByRole('navigation', { name: 'Main' });
  for (const [key, path] of [
    ['q', '/queues'],
    ['w', '/workers'],
    ['o', '/overview'],
    ['j', '/'],
  ] as const) {
    await act(() => user.keyboard(`g${key}`));
    expect(router.state.location.pathname).toBe(path);
  }
  await user.keyboard('?');
  expect(await screen.findByText('Go to queues')).toBeInTheDocument();
});

import { act, screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import SignIn from '@/pages/SignIn';
import { meFactory } from '@/test/factories';
import { renderApp } from '@/test/render';
import { api, problem, server } from '@/test/server';

const codes: unknown[] = [];

/** A door that opens for one code. */
function door(right: string) {
  let open = false;
  codes.length = 0;
  server.use(
    http.get(api('/me/'), () => (open ? HttpResponse.json(meFactory()) : problem(401))),
    http.post(api('/auth/signin/'), async ({ request }) => {
      const { code } = (await request.json()) as { code: string };
      codes.push(code);
      open = code === right;
      return open ? HttpResponse.json(meFactory()) : problem(400, { detail: 'This link was used already.' });
    }),
  );
}

test('a link signs in once and leads to the jobs', async () => {
  door('right');
  const { router } = renderApp(<SignIn />, { at: '/signin#code=right', path: '/signin' });
  await waitFor(() => expect(router.state.location.pathname).toBe('/'));
  expect(codes).toEqual(['right']);
});

test('the code leaves the address before anything is answered', async () => {
  door('right');
  server.use(http.post(api('/auth/signin/'), () => new Promise(() => undefined)));
  const { router } = renderApp(<SignIn />, { at: '/signin#code=right', path: '/signin' });
  await waitFor(() => expect(router.state.location.hash).toBe(''));
  expect(screen.getByRole('heading', { name: 'Signing in' })).toBeInTheDocument();
});

test('a used link says so, and how to get another', async () => {
  door('right');
  renderApp(<SignIn />, { at: '/signin#code=used', path: '/signin' });
  expect(await screen.findByRole('alert')).toHaveTextContent('This link was used already.');
  expect(screen.getByText('make signin')).toBeInTheDocument();
});

test('a link pasted into the page that is open already works too', async () => {
  door('right');
  const { router } = renderApp(<SignIn />, { at: '/signin', path: '/signin' });
  await screen.findByText('make signin');
  await act(() => router.navigate('/signin#code=right'));
  await waitFor(() => expect(router.state.location.pathname).toBe('/'));
});

test('whoever is signed in already has no business here', async () => {
  const { router } = renderApp(<SignIn />, { at: '/signin', path: '/signin' });
  await waitFor(() => expect(router.state.location.pathname).toBe('/'));
});

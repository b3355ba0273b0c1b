import type { ReactElement, ReactNode } from 'react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, renderHook } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { Toasts } from '@/components/Common/Toasts';
import { LiveProvider } from '@/contexts/LiveContext';
import { PreferencesProvider } from '@/contexts/PreferencesContext';
import { ToastProvider } from '@/contexts/ToastContext';
import { LiveConnection } from '@/services/live';
import { FakeSocket } from '@/test/FakeSocket';

export function testClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });
}

interface Options {
  /** The address that it is opened at: '/?status=FAILED'. */
  at?: string;
  /** The route's pattern, where the page reads parameters: '/jobs/:id'. */
  path?: string;
  client?: QueryClient;
}

function providers(client: QueryClient, children: ReactNode) {
  const connection = new LiveConnection('ws://localhost/ws/', { open: () => new FakeSocket().asWebSocket() });
  return (
    <PreferencesProvider>
      <QueryClientProvider client={client}>
        <ToastProvider>
          <LiveProvider connection={connection}>{children}</LiveProvider>
          <Toasts />
        </ToastProvider>
      </QueryClientProvider>
    </PreferencesProvider>
  );
}

/** Renders a page or component inside everything that App gives it. FakeSocket.latest is the server's end of /ws/. */
export function renderApp(
  element: ReactElement,
  { at = '/', path = '*', client = testClient() }: Options = {},
) {
  window.history.replaceState(null, '', at);
  const router = createBrowserRouter([
    { path, element },
    { path: '*', element: <p>elsewhere</p> },
  ]);
  const view = render(providers(client, <RouterProvider router={router} />));
  return { ...view, router, client, user: userEvent.setup() };
}

/** The same around a hook. */
export function renderAppHook<T>(hook: () => T, client = testClient()) {
  return { client, ...renderHook(hook, { wrapper: ({ children }) => providers(client, children) }) };
}

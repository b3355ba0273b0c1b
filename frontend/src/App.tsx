import { useState } from 'react';
import { QueryClientProvider } from '@tanstack/react-query';
import { createBrowserRouter, RouterProvider, type RouteObject } from 'react-router';
import { Toasts } from '@/components/Common/Toasts';
import { PreferencesProvider } from '@/contexts/PreferencesContext';
import { ToastProvider } from '@/contexts/ToastContext';
import { makeQueryClient } from '@/hooks/queryClient';
import AppShell from '@/pages/AppShell';
import PageError from '@/pages/PageError';
import { basePath } from '@/utils/base';

/** Each page is code of its own, loaded when it is first shown. */
export const routes: RouteObject[] = [
  {
    errorElement: <PageError />,
    hydrateFallbackElement: <></>,
    children: [
      { path: '/signin', lazy: async () => ({ Component: (await import('@/pages/SignIn')).default }) },
      {
        element: <AppShell />,
        children: [
          { index: true, lazy: async () => ({ Component: (await import('@/pages/Dashboard')).default }) },
          {
            path: 'jobs/new',
            lazy: async () => ({ Component: (await import('@/pages/CreateJob')).default }),
          },
          {
            path: 'jobs/:id',
            lazy: async () => ({ Component: (await import('@/pages/JobDetail')).default }),
          },
          { path: 'overview', lazy: async () => ({ Component: (await import('@/pages/Overview')).default }) },
          { path: 'workers', lazy: async () => ({ Component: (await import('@/pages/Workers')).default }) },
          { path: '*', lazy: async () => ({ Component: (await import('@/pages/NotFound')).default }) },
        ],
      },
    ],
  },
];

export function App() {
  const [client] = useState(makeQueryClient);
  const [router] = useState(() => createBrowserRouter(routes, { basename: basePath() || '/' }));
  return (
    <PreferencesProvider>
      <QueryClientProvider client={client}>
        <ToastProvider>
          <RouterProvider router={router} />
          <Toasts />
        </ToastProvider>
      </QueryClientProvider>
    </PreferencesProvider>
  );
}

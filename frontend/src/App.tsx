import { lazy, Suspense, useState } from 'react';
import { QueryClientProvider } from '@tanstack/react-query';
import { BrowserRouter, Route, Routes } from 'react-router';
import { LoadingNote } from '@/components/Common/Skeleton';
import { Toasts } from '@/components/Common/Toasts';
import { PreferencesProvider } from '@/contexts/PreferencesContext';
import { ToastProvider } from '@/contexts/ToastContext';
import { makeQueryClient } from '@/hooks/queryClient';
import AppShell from '@/pages/AppShell';
import { ErrorBoundary } from '@/pages/ErrorBoundary';
import { basePath } from '@/utils/base';

// Each page is code of its own, loaded when it is first shown.
const SignIn = lazy(() => import('@/pages/SignIn'));
const Dashboard = lazy(() => import('@/pages/Dashboard'));
const CreateJob = lazy(() => import('@/pages/CreateJob'));
const JobDetail = lazy(() => import('@/pages/JobDetail'));
const Overview = lazy(() => import('@/pages/Overview'));
const Queues = lazy(() => import('@/pages/Queues'));
const Workers = lazy(() => import('@/pages/Workers'));
const Operations = lazy(() => import('@/pages/Operations'));
const OperationDetail = lazy(() => import('@/pages/OperationDetail'));
const NotFound = lazy(() => import('@/pages/NotFound'));

export function App() {
  const [client] = useState(makeQueryClient);
  return (
    <PreferencesProvider>
      <QueryClientProvider client={client}>
        <ToastProvider>
          <BrowserRouter basename={basePath() || '/'}>
            <ErrorBoundary>
              <Suspense fallback={<LoadingNote>Loading Jobdeck</LoadingNote>}>
                <Pages />
              </Suspense>
            </ErrorBoundary>
          </BrowserRouter>
          <Toasts />
        </ToastProvider>
      </QueryClientProvider>
    </PreferencesProvider>
  );
}

function Pages() {
  return (
    <Routes>
      <Route path="/signin" element={<SignIn />} />
      <Route element={<AppShell />}>
        <Route index element={<Dashboard />} />
        <Route path="jobs/new" element={<CreateJob />} />
        <Route path="jobs/:id" element={<JobDetail />} />
        <Route path="overview" element={<Overview />} />
        <Route path="queues" element={<Queues />} />
        <Route path="operations" element={<Operations />} />
        <Route path="operations/:id" element={<OperationDetail />} />
        <Route path="workers" element={<Workers />} />
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}

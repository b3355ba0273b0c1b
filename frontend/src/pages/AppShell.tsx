import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Navigate, NavigationType, Outlet, useLocation, useNavigate, useNavigationType } from 'react-router';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { LoadingNote } from '@/components/Common/Skeleton';
import { Header } from '@/components/Layout/Header';
import { LiveBadge } from '@/components/Layout/LiveBadge';
import { Navigation, PLACES } from '@/components/Layout/Navigation';
import { StatusSummary } from '@/components/Layout/StatusSummary';
import { ThemeMenu } from '@/components/Layout/ThemeMenu';
import { UserMenu } from '@/components/Layout/UserMenu';
import { LiveProvider, useLiveState } from '@/contexts/LiveContext';
import { usePreferences } from '@/contexts/PreferencesContext';
import { useIsPhone } from '@/hooks/ui/useMediaQuery';
import { useShortcuts } from '@/hooks/ui/useShortcuts';
import { useLiveUpdates } from '@/hooks/useLiveUpdates';
import { useMe } from '@/hooks/useMe';
import { useSignOut } from '@/hooks/useSignOut';
import { useStats } from '@/hooks/useStats';
import { ErrorBoundary } from '@/pages/ErrorBoundary';
import type { Me } from '@/services/me';
import { asProblem } from '@/services/problem';

const ShortcutsDialog = lazy(() => import('@/components/Layout/ShortcutsDialog'));

/** Everything around the pages of somebody who is signed in; everybody else is shown the way in. */
export default function AppShell() {
  const me = useMe();
  const location = useLocation();
  if (me.data) {
    return (
      <LiveProvider>
        <Frame me={me.data} />
      </LiveProvider>
    );
  }
  if (me.isPending) return <LoadingNote>Loading Jobdeck</LoadingNote>;
  const problem = asProblem(me.error);
  if (problem.status === 401) {
    return <Navigate to="/signin" replace state={{ from: location.pathname + location.search }} />;
  }
  return (
    <main className="mx-auto max-w-2xl p-6">
      <ErrorAlert problem={problem} onRetry={() => void me.refetch()} busy={me.isFetching} />
    </main>
  );
}

function Frame({ me }: { me: Me }) {
  useLiveUpdates();
  useScrollToTop();
  const { pathname } = useLocation();
  const phone = useIsPhone();
  const main = useRef<HTMLElement>(null);
  const live = useLiveState();
  const stats = useStats();
  const signOut = useSignOut();
  const { preferences, change } = usePreferences();
  const [showsKeys, setShowsKeys] = useState(false);
  useGlobalShortcuts(() => setShowsKeys(true));
  return (
    <>
      <button
        type="button"
        onClick={() => main.current?.focus()}
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-accent focus:px-3 focus:py-1 focus:text-accent-ink"
      >
        Skip to the content
      </button>
      <Header
        phone={phone}
        canSubmit={me.can_submit}
        summary={
          // Between a phone and this width there is no room for it beside the places.
          <div className="hidden lg:block">
            <StatusSummary counts={stats.data?.by_status} />
          </div>
        }
        live={<LiveBadge state={live} />}
        menus={
          <>
            <ThemeMenu theme={preferences.theme} onChange={(theme) => change({ theme })} />
            <UserMenu me={me} onShortcuts={() => setShowsKeys(true)} onSignOut={() => signOut.mutate()} />
          </>
        }
      />
      <main ref={main} tabIndex={-1} className="mx-auto max-w-[1600px] px-4 py-4 pb-20 md:px-6 md:py-6">
        <ErrorBoundary resetBy={pathname}>
          <Suspense fallback={<LoadingNote>Loading the page</LoadingNote>}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </main>
      {phone && <Navigation place="bottom" />}
      <Suspense>
        {showsKeys && (
          <ShortcutsDialog
            onClose={() => setShowsKeys(false)}
            enabled={preferences.shortcuts}
            onEnabled={(shortcuts) => change({ shortcuts })}
          />
        )}
      </Suspense>
    </>
  );
}

function useGlobalShortcuts(showKeys: () => void): void {
  const navigate = useNavigate();
  useShortcuts({
    c: () => void navigate('/jobs/new'),
    ...Object.fromEntries(PLACES.map(({ key, to }) => [`g ${key}`, () => void navigate(to)])),
    '?': showKeys,
  });
}

/** A page that was gone to starts at its top; one that Back returns to is where it was left, by the browser. */
function useScrollToTop(): void {
  const { pathname } = useLocation();
  const kind = useNavigationType();
  useEffect(() => {
    if (kind !== NavigationType.Pop) window.scrollTo(0, 0);
  }, [pathname, kind]);
}

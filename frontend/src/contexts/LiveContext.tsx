import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { LiveConnection, type LiveState } from '@/services/live';
import { meKeys } from '@/services/me';
import { socketAddress } from '@/utils/base';

const LiveContext = createContext<LiveConnection | null>(null);

/** Holds the page's one live connection while somebody is signed in. */
export function LiveProvider({ children, connection }: { children: ReactNode; connection?: LiveConnection }) {
  const client = useQueryClient();
  const [live] = useState(
    () =>
      connection ??
      new LiveConnection(socketAddress('/ws/'), {
        onSignedOut: () => void client.invalidateQueries({ queryKey: meKeys.me }),
      }),
  );
  useEffect(() => {
    live.start();
    const stopListening = client.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'success') live.noteAnswer();
    });
    return () => {
      stopListening();
      live.stop();
    };
  }, [live, client]);
  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>;
}

export function useLive(): LiveConnection {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLive needs a LiveProvider above it');
  return live;
}

export function useLiveState(): LiveState {
  const live = useLive();
  return useSyncExternalStore(live.watch, live.getState);
}

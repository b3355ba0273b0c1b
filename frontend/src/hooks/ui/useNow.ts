import { useCallback, useSyncExternalStore } from 'react';

type Listener = () => void;

const clocks = new Map<
  number,
  { listeners: Set<Listener>; now: number; timer: ReturnType<typeof setInterval> }
>();

/** The current time, renewed every `interval` ms by one shared timer for all who ask with the same interval. */
export function useNow(interval = 1000): Date {
  const subscribe = useCallback((listener: Listener) => listen(interval, listener), [interval]);
  const now = useSyncExternalStore(
    subscribe,
    () => clocks.get(interval)?.now ?? Math.floor(Date.now() / interval) * interval,
  );
  return new Date(now);
}

function listen(interval: number, listener: Listener): () => void {
  const clock = clocks.get(interval) ?? startClock(interval);
  clock.listeners.add(listener);
  return () => {
    clock.listeners.delete(listener);
    if (clock.listeners.size > 0) return;
    clearInterval(clock.timer);
    clocks.delete(interval);
  };
}

function startClock(interval: number) {
  const listeners = new Set<Listener>();
  const clock = {
    listeners,
    now: Date.now(),
    timer: setInterval(() => {
      clock.now = Date.now();
      for (const listener of listeners) listener();
    }, interval),
  };
  clocks.set(interval, clock);
  return clock;
}

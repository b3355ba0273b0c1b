import { startTransition, useCallback, useEffect, useRef, useState } from 'react';

const PAUSE_MS = 250;

/**
 * A text that is typed here and kept in the address. It is told once the typing pauses, or by `settle` before another
 * change. What was typed at an address that was left meanwhile, by Back or a link, is dropped: it belongs to no other.
 */
export function useTyped(kept: string, tell: (text: string) => void) {
  const [typed, setTyped] = useState<string | null>(null);
  const waiting = useRef<{ text: string; at: string; timer: ReturnType<typeof setTimeout> } | null>(null);
  const settle = useCallback(() => {
    const { current } = waiting;
    if (!current) return;
    clearTimeout(current.timer);
    waiting.current = null;
    if (current.at === window.location.href) tell(current.text);
    // As the router draws a new address, so that the old text is not seen in between.
    startTransition(() => setTyped(null));
  }, [tell]);
  const type = useCallback(
    (text: string) => {
      if (waiting.current) clearTimeout(waiting.current.timer);
      waiting.current = { text, at: window.location.href, timer: setTimeout(settle, PAUSE_MS) };
      setTyped(text);
    },
    [settle],
  );
  useEffect(
    () => () => {
      if (waiting.current) clearTimeout(waiting.current.timer);
    },
    [],
  );
  return { text: typed ?? kept, type, settle };
}

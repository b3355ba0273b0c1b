import { useEffect, useRef, type RefObject } from 'react';

/** A ref that always holds the newest value, for callbacks that must not restart an effect. */
export function useLatest<T>(value: T): Readonly<RefObject<T>> & { current: T } {
  const ref = useRef(value);
  useEffect(() => {
    ref.current = value;
  });
  return ref;
}

import { useEffect, useRef, useState } from 'react';
import { clsx } from 'clsx';

interface Props {
  text: string;
  /** How many characters of the end stay when there is no room for all: the end is what tells runs apart. */
  tail?: number;
  className?: string;
}

/** One line, cut in the middle where it does not fit, with the whole on hover. Read out as the whole. */
export function MiddleTruncate({ text, tail = 8, className }: Props) {
  const box = useRef<HTMLSpanElement>(null);
  const cut = useOverflows(box, text, tail);
  return (
    <span
      ref={box}
      title={text}
      className={clsx('relative block max-w-full min-w-0 overflow-hidden', className)}
    >
      {/* Stays to be measured, and for what reads the page aloud; the two halves only cover it. */}
      <span className={clsx('block truncate', cut && 'opacity-0')}>{text}</span>
      {cut && (
        <span aria-hidden className="absolute inset-0 flex whitespace-pre select-none">
          <span className="overflow-hidden text-ellipsis">{text.slice(0, -tail)}</span>
          <span className="shrink-0">{text.slice(-tail)}</span>
        </span>
      )}
    </span>
  );
}

function useOverflows(box: React.RefObject<HTMLElement>, text: string, tail: number): boolean {
  const [overflows, setOverflows] = useState(false);
  const canCut = text.length > tail * 2;
  useEffect(() => {
    const whole = box.current?.firstElementChild;
    if (!whole || !canCut) return undefined;
    const observer = new ResizeObserver(() => setOverflows(whole.scrollWidth > whole.clientWidth));
    observer.observe(whole);
    return () => observer.disconnect();
  }, [box, text, canCut]);
  return overflows && canCut;
}

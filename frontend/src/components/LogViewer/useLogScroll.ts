import { useEffect, useRef, useState, type RefObject } from 'react';
import type { Virtualizer } from '@tanstack/react-virtual';
import type { LogReader, LogState } from '@/services/logReader';

/** So near to an edge, what lies beyond it is asked for. */
const NEAR = 600;
const AT_END = 24;
/** A window of fewer lines may not fill the box, so that there is nothing to scroll. */
const FEW_LINES = 60;
/** Bytes: with lines so long that not even this fills the box, more is read only when asked for. */
const ENOUGH = 1024 * 1024;

interface Given {
  log: LogState & { reader: LogReader };
  element: RefObject<HTMLDivElement>;
  virtualizer: Virtualizer<HTMLDivElement, Element>;
  /** The line that the address names. */
  line: number | null;
}

/**
 * Where the reader stands in a log: follows the end until somebody scrolls up, reads on near the edges, and goes to
 * the line that the address names.
 */
export function useLogScroll({ log, element, virtualizer, line }: Given) {
  const { window, reader, linesBeyond } = log;
  // The last line there was when the end was left; null while it is followed.
  const [leftAt, setLeftAt] = useState<number | null>(null);
  const last = useRef({ top: 0, height: 0 });
  const shown = useRef<{ reader: LogReader; line: number | null } | null>(null);

  useEffect(() => {
    const known = shown.current?.reader === reader && shown.current.line === line;
    if (known || window.count === 0 || (line !== null && line > window.lastLine && !reader.atEnd)) return;
    if (line !== null && line < window.firstLine) return;
    shown.current = { reader, line };
    if (line === null) virtualizer.scrollToEnd();
    else virtualizer.scrollToIndex(Math.min(line - window.firstLine, window.count - 1), { align: 'center' });
  }, [reader, window, line, virtualizer]);

  const following = leftAt === null;
  useEffect(() => {
    reader.follow(following);
  }, [following, reader]);
  useEffect(() => {
    // A flood may add lines faster than the list scrolls; whoever follows is taken to the end all the same.
    if (following && reader.atEnd && shown.current?.reader === reader && line === null)
      virtualizer.scrollToEnd();
  }, [following, reader, window, line, virtualizer]);

  const held = window.end - window.start;
  const sparse = window.count < FEW_LINES;
  const fills = sparse && held < ENOUGH && window.start > 0 && reader.atEnd && log.problem === null;
  const idle = log.loading === null;
  useEffect(() => {
    if (fills && idle) void reader.earlier();
  }, [fills, idle, reader, window]);

  const onScroll = () => {
    const { current: box } = element;
    if (!box) return;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    // Only a person moves up without the log getting shorter; lines that come or go move the place by themselves.
    const movedUp = box.scrollTop < last.current.top && box.scrollHeight >= last.current.height;
    last.current = { top: box.scrollTop, height: box.scrollHeight };
    if (below <= AT_END && reader.atEnd) setLeftAt(null);
    else if (movedUp || line !== null) setLeftAt((before) => before ?? window.lastLine);
    // Among few long lines both edges are near; reading on at both would go on for ever.
    const near = Math.min(NEAR, (box.scrollHeight - box.clientHeight) / 3);
    if (box.scrollTop <= near && window.start > 0) void reader.earlier();
    if (below <= near && !reader.atEnd) void reader.later();
  };

  const toEnd = () => {
    const arrive = () => requestAnimationFrame(() => virtualizer.scrollToEnd());
    setLeftAt(null);
    if (reader.atEnd) arrive();
    else void reader.toEnd().then(arrive);
  };
  const toStart = () =>
    void reader.toStart().then(() => requestAnimationFrame(() => virtualizer.scrollToIndex(0)));

  const newLines = leftAt === null ? 0 : Math.max(0, window.lastLine + linesBeyond - leftAt);
  const left = leftAt !== null;
  // What cannot be scrolled to is offered by button.
  const cut = sparse && !fills;
  return {
    onScroll,
    toEnd,
    toStart,
    newLines,
    offersStart: window.start > 0 && (left || cut),
    offersEnd: left || (cut && !reader.atEnd),
  };
}

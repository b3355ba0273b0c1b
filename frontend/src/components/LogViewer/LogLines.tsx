import { useRef } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { ArrowDownToLine, ArrowUpToLine, LoaderCircle } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { LogRow, ROW_HEIGHT } from '@/components/LogViewer/LogRow';
import { useLogScroll } from '@/components/LogViewer/useLogScroll';
import type { LogReader, LogState } from '@/services/logReader';
import { plural } from '@/utils/numbers';

interface Props {
  log: LogState & { reader: LogReader };
  label: string;
  wrap: boolean;
  line: number | null;
  /** The address of a line. */
  lineHref: (line: number) => string;
}

/** The lines that are in memory; only those on the screen are in the page. */
export function LogLines({ log, label, wrap, line, lineHref }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { window } = log;
  // eslint-disable-next-line react-hooks/incompatible-library -- no compiler memoizes this code
  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: window.count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => window.firstLine + index,
    // Lines that come before or go keep the one that is read where it is; at the end, the end stays in sight.
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: ROW_HEIGHT,
    overscan: 24,
    initialRect: { width: 800, height: 400 },
  });
  const scroll = useLogScroll({ log, element: box, virtualizer, line });
  const { newLines, offersStart, offersEnd } = scroll;
  const rows = virtualizer.getVirtualItems();
  const digits = String(window.lastLine).length;
  return (
    <div className="relative">
      <div
        ref={box}
        role="region"
        aria-label={label}
        tabIndex={0}
        onScroll={scroll.onScroll}
        className={clsx(
          'max-h-[60dvh] overflow-auto bg-sunken py-2 font-mono text-small leading-5 [overflow-anchor:none]',
          // Room for the buttons, so that they do not cover the only lines.
          (offersStart || offersEnd) && 'min-h-28',
        )}
      >
        <div style={{ height: virtualizer.getTotalSize() }} className={clsx(!wrap && 'w-max min-w-full')}>
          <div style={{ transform: `translateY(${rows[0]?.start ?? 0}px)` }}>
            {rows.map(({ index, key }) => {
              const number = window.firstLine + index;
              return (
                <div key={key} data-index={index} ref={wrap ? virtualizer.measureElement : undefined}>
                  <LogRow
                    number={number}
                    {...window.line(index)}
                    digits={digits}
                    marked={number === line}
                    wrap={wrap}
                    href={lineHref(number)}
                  />
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {(log.loading === 'earlier' || log.loading === 'seek') && (
        <p
          role="status"
          className="absolute top-2 right-4 flex items-center gap-2 rounded-md border border-line bg-raised px-2 py-1 text-small text-muted"
        >
          <LoaderCircle aria-hidden size={14} className="animate-spin" /> Reading…
        </p>
      )}
      {(offersStart || offersEnd) && (
        <div className="absolute right-4 bottom-4 flex gap-2">
          {offersStart && (
            <Button icon={ArrowUpToLine} className="shadow-pop" onClick={scroll.toStart}>
              First line
            </Button>
          )}
          {offersEnd && (
            <Button icon={ArrowDownToLine} variant="primary" className="shadow-pop" onClick={scroll.toEnd}>
              {newLines > 0 ? plural(newLines, 'new line') : 'Go to the end'}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

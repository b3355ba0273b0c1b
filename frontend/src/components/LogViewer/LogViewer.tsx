import { Terminal } from 'lucide-react';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { LoadingNote, Skeleton } from '@/components/Common/Skeleton';
import { LogLines } from '@/components/LogViewer/LogLines';
import { LogToolbar, type LogToolbarProps } from '@/components/LogViewer/LogToolbar';
import type { LogReader, LogState } from '@/services/logReader';
import { bytes } from '@/utils/numbers';

interface Props extends LogToolbarProps {
  log: LogState & { reader: LogReader };
  /** The attempt still runs, so that more may come. */
  running: boolean;
  line: number | null;
  lineHref: (line: number) => string;
}

/** One stream of one attempt: all that was written, however much it is. */
export function LogViewer({ log, running, line, lineHref, ...toolbar }: Props) {
  const { stream, wrap, sizes } = toolbar;
  const shownSizes = { ...sizes, [stream]: Math.max(sizes[stream], log.size) };
  return (
    <section aria-label="Log" className="overflow-hidden rounded-lg border border-line bg-surface">
      <LogToolbar {...toolbar} sizes={shownSizes} />
      {log.problem && (
        <div className="p-4">
          <ErrorAlert
            problem={log.problem}
            onRetry={() => void log.reader.catchUp()}
            busy={log.loading !== null}
          />
        </div>
      )}
      {log.window.count > 0 && (
        <LogLines
          key={`${toolbar.attempt} ${stream} ${String(wrap)}`}
          log={log}
          label={`${stream} of attempt ${toolbar.attempt}`}
          wrap={wrap}
          line={line}
          lineHref={lineHref}
        />
      )}
      {log.window.count === 0 && !log.opened && !log.problem && <LinesLoading />}
      {log.window.count === 0 && log.opened && (
        <Nothing
          stream={stream}
          running={running}
          other={shownSizes[stream === 'stdout' ? 'stderr' : 'stdout']}
        />
      )}
      <Footer log={log} running={running} />
    </section>
  );
}

function LinesLoading() {
  return (
    <div className="bg-sunken p-4">
      <LoadingNote>Loading the log</LoadingNote>
      {[60, 42, 75, 33, 52, 68, 47, 58].map((width) => (
        <div key={width} style={{ width: `${width}%` }} className="py-1">
          <Skeleton />
        </div>
      ))}
    </div>
  );
}

function Nothing({ stream, running, other }: { stream: string; running: boolean; other: number }) {
  return (
    <div className="flex items-center gap-3 bg-sunken px-4 py-10 text-muted">
      <Terminal aria-hidden size={20} strokeWidth={1.5} className="shrink-0" />
      <p>
        {running
          ? `No output yet. What it writes to ${stream} appears here.`
          : `It wrote nothing to ${stream}.`}
        {other > 0 && ` The other stream has ${bytes(other)}.`}
      </p>
    </div>
  );
}

/** Whether this is all there will be. */
function Footer({ log, running }: { log: LogState; running: boolean }) {
  if (!log.opened) return null;
  const says = log.complete
    ? 'Complete: every byte that was kept is here'
    : running
      ? 'Still being written'
      : 'The attempt has ended; what is missing comes as soon as its worker can send it';
  return (
    <p className="flex flex-wrap justify-between gap-x-4 border-t border-line px-4 py-2 text-small text-muted">
      <span>{says}</span>
      <span>{bytes(log.size)}</span>
    </p>
  );
}

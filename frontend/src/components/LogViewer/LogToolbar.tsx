import { useState, type FormEvent } from 'react';
import { clsx } from 'clsx';
import { Download, WrapText } from 'lucide-react';
import { IconButton } from '@/components/Common/IconButton';
import type { Stream } from '@/services/jobs';
import { bytes } from '@/utils/numbers';

const STREAMS: readonly Stream[] = ['stdout', 'stderr'];

export interface LogToolbarProps {
  stream: Stream;
  sizes: Record<Stream, number>;
  onStream: (stream: Stream) => void;
  attempt: number;
  attempts: number[];
  onAttempt: (attempt: number) => void;
  wrap: boolean;
  onWrap: (wrap: boolean) => void;
  onLine: (line: number) => void;
  onDownload: () => void;
  downloading: boolean;
}

const FIELD = 'h-8 rounded-md border border-line-strong/50 bg-surface px-2 text-ink';

export function LogToolbar(props: LogToolbarProps) {
  const { stream, sizes, onStream, attempt, attempts, onAttempt, wrap, onWrap } = props;
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-2 py-2 md:px-4">
      <div role="group" aria-label="Stream" className="flex rounded-md border border-line-strong/50 p-0.5">
        {STREAMS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === stream}
            onClick={() => onStream(each)}
            className={clsx(
              'h-7 rounded-sm px-2 font-mono text-small',
              each === stream
                ? 'bg-accent-tint font-strong text-accent'
                : 'text-muted hover:bg-hover hover:text-ink',
            )}
          >
            {each} <span className="font-sans font-normal">{bytes(sizes[each])}</span>
          </button>
        ))}
      </div>
      {attempts.length > 1 && (
        <select
          aria-label="Attempt"
          className={FIELD}
          value={attempt}
          onChange={(event) => onAttempt(Number(event.target.value))}
        >
          {attempts.map((number) => (
            <option key={number} value={number}>
              Attempt {number}
            </option>
          ))}
        </select>
      )}
      <span className="flex-1" />
      <GoToLine onLine={props.onLine} />
      <IconButton
        icon={WrapText}
        label="Wrap long lines"
        aria-pressed={wrap}
        className={wrap ? 'bg-accent-tint text-accent' : undefined}
        onClick={() => onWrap(!wrap)}
      />
      <IconButton
        icon={Download}
        label={props.downloading ? 'Downloading…' : `Download ${stream}`}
        disabled={props.downloading || sizes[stream] === 0}
        onClick={props.onDownload}
      />
    </div>
  );
}

function GoToLine({ onLine }: { onLine: (line: number) => void }) {
  const [text, setText] = useState('');
  const go = (event: FormEvent) => {
    event.preventDefault();
    const line = Number.parseInt(text, 10);
    if (line >= 1) onLine(line);
  };
  return (
    <form onSubmit={go} className="hidden sm:block">
      <input
        aria-label="Go to line"
        placeholder="Line"
        inputMode="numeric"
        pattern="[0-9]*"
        value={text}
        onChange={(event) => setText(event.target.value.replace(/\D/g, ''))}
        className={clsx(FIELD, 'w-20 text-end')}
      />
    </form>
  );
}

import { AnsiText } from '@/components/LogViewer/AnsiText';

interface Props {
  stream: string;
  firstLine: number;
  lines: string[];
  /** Where the whole log is. */
  onOpen: () => void;
}

/** The end of what a failed attempt wrote. */
export function LastLines({ stream, firstLine, lines, onOpen }: Props) {
  return (
    <figure className="mt-3">
      <figcaption className="flex min-h-6 items-center justify-between text-small text-muted">
        <span>
          Last lines of <code>{stream}</code>
        </span>
        <button type="button" onClick={onOpen} className="h-6 px-1 text-accent hover:underline">
          Open the log
        </button>
      </figcaption>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="mt-1 overflow-x-auto rounded-md bg-sunken py-2 text-small leading-5">
        {lines.map((line, index) => (
          <span key={index} className="flex">
            <span aria-hidden className="w-14 shrink-0 pr-3 text-end text-muted select-none">
              {firstLine + index}
            </span>
            <span className="pr-3">
              <AnsiText line={line} />
            </span>
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  );
}

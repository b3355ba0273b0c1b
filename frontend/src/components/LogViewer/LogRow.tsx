import { memo } from 'react';
import { clsx } from 'clsx';
import { AnsiText } from '@/components/LogViewer/AnsiText';
import { count } from '@/utils/numbers';

export const ROW_HEIGHT = 20;
const LEFT_OUT = /^\[jobdeck: \d+ bytes left out here/;

interface Props {
  number: number;
  text: string;
  /** Characters that are not shown. */
  left: number;
  /** Width of the numbers' column in characters. */
  digits: number;
  marked: boolean;
  wrap: boolean;
  href: string;
}

export const LogRow = memo(function LogRow({ number, text, left, digits, marked, wrap, href }: Props) {
  return (
    <div className={clsx('flex min-h-5 hover:bg-hover', marked && 'bg-accent-tint')}>
      {/* The field "Go to line" does the same by keyboard and with a larger target. */}
      <a
        href={href}
        tabIndex={-1}
        aria-hidden
        className={clsx(
          'sticky left-0 shrink-0 border-r bg-sunken px-3 text-end select-none hover:text-ink hover:no-underline',
          marked ? 'border-accent text-accent' : 'border-line text-muted',
        )}
        style={{ width: `calc(${digits}ch + 25px)` }}
      >
        {number}
      </a>
      <span
        className={clsx(
          'px-3',
          wrap ? 'min-w-0 break-all whitespace-pre-wrap' : 'whitespace-pre',
          LEFT_OUT.test(text) && 'text-pending italic',
        )}
      >
        <AnsiText line={text} />
        {left > 0 && <i className="text-muted"> … {count(left)} more characters on this line</i>}
      </span>
    </div>
  );
});

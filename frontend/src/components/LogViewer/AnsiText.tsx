import { clsx } from 'clsx';
import { parseAnsi, type Colour, type Segment } from '@/utils/ansi';

const TEXT: Record<Colour, string> = {
  black: 'text-ansi-black',
  red: 'text-ansi-red',
  green: 'text-ansi-green',
  yellow: 'text-ansi-yellow',
  blue: 'text-ansi-blue',
  magenta: 'text-ansi-magenta',
  cyan: 'text-ansi-cyan',
  white: 'text-ansi-white',
};

// The same colours behind the text; black ones would hide it, so they stay away.
const BEHIND: Record<Colour, string> = {
  black: '',
  red: 'bg-ansi-red text-sunken',
  green: 'bg-ansi-green text-sunken',
  yellow: 'bg-ansi-yellow text-sunken',
  blue: 'bg-ansi-blue text-sunken',
  magenta: 'bg-ansi-magenta text-sunken',
  cyan: 'bg-ansi-cyan text-sunken',
  white: 'bg-ansi-white text-sunken',
};

/** A line with its colours, always as text: whatever a job prints, it never becomes markup. */
export function AnsiText({ line }: { line: string }) {
  return parseAnsi(line).map((segment, index) => (
    <span key={index} className={look(segment)}>
      {segment.text}
    </span>
  ));
}

function look({ colour, background, bold, dim, italic, underline }: Segment): string | undefined {
  return (
    clsx(
      background && background !== 'black' ? BEHIND[background] : colour && TEXT[colour],
      bold && 'font-strong',
      dim && !background && !colour && 'text-muted',
      italic && 'italic',
      underline && 'underline',
    ) || undefined
  );
}

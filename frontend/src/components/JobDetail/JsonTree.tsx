import { useState } from 'react';
import { ChevronRight } from 'lucide-react';
import { isPicture, pictureLabel } from '@/utils/pictures';
import { bytes, plural } from '@/utils/numbers';

const OPEN_DEPTH = 2;
const STEP = 100;
const LONG = 300;

interface NodeProps {
  name: string | null;
  value: unknown;
  depth: number;
}

/** A JSON value as a tree whose branches open and close. Long lists and texts show a part, and the rest on demand. */
export function JsonTree({ value }: { value: unknown }) {
  return (
    <ul aria-label="Result as JSON" className="font-mono text-small leading-6">
      <Node name={null} value={value} depth={0} />
    </ul>
  );
}

function Node({ name, value, depth }: NodeProps) {
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    return <Branch name={name} value={value} depth={depth} />;
  }
  return (
    <li className="pl-5 break-words">
      <Name name={name} />
      <Leaf value={value} />
    </li>
  );
}

function Branch({ name, value, depth }: { name: string | null; value: object; depth: number }) {
  const [open, setOpen] = useState(depth < OPEN_DEPTH);
  const [shown, setShown] = useState(STEP);
  const entries: [string, unknown][] = Object.entries(value);
  const isList = Array.isArray(value);
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex min-h-6 items-center gap-1 rounded-sm pr-2 text-start hover:bg-hover"
      >
        <ChevronRight
          aria-hidden
          size={16}
          className={`shrink-0 text-muted transition-transform ${open ? 'rotate-90' : ''}`}
        />
        <Name name={name} />
        <span className="text-muted">
          {isList ? `[ ${plural(entries.length, 'item')} ]` : `{ ${plural(entries.length, 'field')} }`}
        </span>
      </button>
      {open && (
        <ul className="ml-2 border-l border-line pl-2">
          {entries.slice(0, shown).map(([key, child]) => (
            <Node key={key} name={key} value={child} depth={depth + 1} />
          ))}
          {entries.length > shown && (
            <li className="pl-5">
              <button
                type="button"
                className="h-6 text-accent hover:underline"
                onClick={() => setShown(shown + STEP)}
              >
                Show {Math.min(STEP, entries.length - shown)} more of {plural(entries.length - shown, 'item')}
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function Name({ name }: { name: string | null }) {
  return name === null ? null : <span className="text-ansi-magenta">{name}: </span>;
}

function Leaf({ value }: { value: unknown }) {
  if (isPicture(value)) {
    const { kind, bytes: size } = pictureLabel(value);
    return <span className="text-muted">{`${kind} picture, ${bytes(size)}`}</span>;
  }
  if (typeof value === 'string') return <Text value={value} />;
  if (typeof value === 'number') return <span className="text-ansi-blue">{String(value)}</span>;
  return <span className="text-ansi-cyan">{JSON.stringify(value)}</span>;
}

function Text({ value }: { value: string }) {
  const [whole, setWhole] = useState(value.length <= LONG);
  return (
    <span className="whitespace-pre-wrap text-ansi-green">
      “{whole ? value : value.slice(0, LONG)}
      {whole ? '”' : '… '}
      {!whole && (
        <button
          type="button"
          className="h-6 font-sans text-accent hover:underline"
          onClick={() => setWhole(true)}
        >
          all {plural(value.length, 'character')}
        </button>
      )}
    </span>
  );
}

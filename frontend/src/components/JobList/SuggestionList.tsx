import { clsx } from 'clsx';
import type { Suggestion } from '@/services/search';

interface Props {
  id: string;
  suggestions: Suggestion[];
  active: number;
  onTake: (chosen: Suggestion) => void;
}

/** What could stand at the caret: what it means beside it, or how many jobs have it. */
export function SuggestionList({ id, suggestions, active, onTake }: Props) {
  return (
    <ul
      id={id}
      role="listbox"
      aria-label="Suggestions"
      hidden={suggestions.length === 0}
      className="absolute top-full right-0 left-0 z-40 mt-1 overflow-hidden rounded-lg border border-line bg-raised py-1 shadow-pop"
    >
      {suggestions.map((one, index) => (
        <li
          key={one.text}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          // The input keeps the focus, and its caret.
          onMouseDown={(event) => {
            event.preventDefault();
            onTake(one);
          }}
          className={clsx(
            'flex cursor-pointer items-baseline gap-3 px-3 py-1 hover:bg-hover',
            index === active && 'bg-accent-tint',
          )}
        >
          <span className="font-mono">{one.text}</span>
          <span className="min-w-0 flex-1 truncate text-small text-muted">{one.says}</span>
          {one.jobs !== null && (
            <span className="text-small text-muted tabular-nums">{one.jobs.toLocaleString()}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

import {
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type RefObject,
  type SyntheticEvent,
} from 'react';
import { Search } from 'lucide-react';
import { SuggestionList } from '@/components/JobList/SuggestionList';
import type { Completion, Suggestion } from '@/services/search';
import { accept, characters, useful } from '@/utils/searchText';

interface Props {
  value: string;
  onChange: (query: string) => void;
  inputRef: RefObject<HTMLInputElement>;
  /** What could stand at the caret, for the value and the caret that were told last. */
  completion: Completion | undefined;
  /** The caret in characters; null while nobody types here. */
  onCaret: (caret: number | null) => void;
  /** The id of what says that the query is wrong. */
  mistakeId?: string | undefined;
}

/** The search, with what could stand at the caret below it. */
export function SearchBox({ value, onChange, inputRef, completion, onCaret, mistakeId }: Props) {
  const listId = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const caretAfter = useRef<number | null>(null);
  const suggestions = open && completion ? useful(value, completion) : [];
  const shown = suggestions.length > 0;

  // Only once the input has the new text can the caret be put behind what was accepted.
  useLayoutEffect(() => {
    if (caretAfter.current === null) return;
    inputRef.current?.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = null;
  }, [value, inputRef]);

  const look = (event: SyntheticEvent<HTMLInputElement>) => {
    const { value: text, selectionStart } = event.currentTarget;
    onCaret(characters(text, selectionStart ?? text.length));
  };
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const take = (chosen: Suggestion) => {
    if (!completion) return;
    const { text, caret } = accept(value, completion, chosen);
    caretAfter.current = caret;
    setActive(-1);
    onChange(text);
    onCaret(characters(text, caret));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = suggestions[active];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!shown) {
        setOpen(true);
        return;
      }
      event.preventDefault();
      setActive(step(active, event.key === 'ArrowDown' ? 1 : -1, suggestions.length));
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === 'Enter' || (event.key === 'Escape' && shown)) {
      event.preventDefault();
      close();
    }
  };
  return (
    <div className="relative min-w-40 flex-1 md:max-w-120">
      <Search aria-hidden size={16} className="absolute top-2 left-2.5 text-muted" />
      <input
        ref={inputRef}
        type="search"
        role="combobox"
        aria-label="Search jobs"
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={listId}
        aria-activedescendant={active >= 0 && shown ? `${listId}-${active}` : undefined}
        aria-invalid={mistakeId !== undefined}
        aria-describedby={mistakeId}
        aria-keyshortcuts="/"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={value}
        maxLength={1000}
        placeholder="Search, e.g. resnet status:failed"
        onChange={(event) => {
          setOpen(true);
          setActive(-1);
          onChange(event.target.value);
          look(event);
        }}
        onSelect={look}
        onFocus={(event) => {
          setOpen(true);
          look(event);
        }}
        onBlur={() => {
          close();
          onCaret(null);
        }}
        onKeyDown={onKeyDown}
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-2 pl-8 aria-invalid:border-failed"
      />
      <SuggestionList id={listId} suggestions={suggestions} active={active} onTake={take} />
    </div>
  );
}

/** The next one, round and round; before the first there is none. */
function step(active: number, by: number, length: number): number {
  return ((active + 1 + by + length + 1) % (length + 1)) - 1;
}

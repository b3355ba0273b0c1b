import { useEffect, useRef, useState, type RefObject } from 'react';
import { Search } from 'lucide-react';
import { useDebounced } from '@/hooks/ui/useDebounced';
import { useLatest } from '@/hooks/ui/useLatest';

interface Props {
  value: string;
  onChange: (name: string) => void;
  inputRef: RefObject<HTMLInputElement>;
}

/** A filter that follows the typing once it pauses, and follows the address when Back changes it. */
export function NameFilter({ value, onChange, inputRef }: Props) {
  const [text, setText] = useState(value);
  const settled = useDebounced(text);
  const change = useLatest(onChange);
  const told = useRef(value);
  useEffect(() => {
    if (settled === told.current) return;
    told.current = settled;
    change.current(settled);
  }, [settled, change]);
  useEffect(() => {
    // What was told comes back as `value` while more may have been typed; only another value is news.
    if (value === told.current) return;
    told.current = value;
    setText(value);
  }, [value]);
  return (
    <label className="relative block min-w-0 flex-1 md:max-w-72">
      <span className="sr-only">Filter by name</span>
      <Search aria-hidden size={16} className="absolute top-2 left-2.5 text-muted" />
      <input
        ref={inputRef}
        type="search"
        value={text}
        maxLength={255}
        onChange={(event) => setText(event.target.value)}
        placeholder="Filter by name"
        aria-keyshortcuts="/"
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-2 pl-8"
      />
    </label>
  );
}

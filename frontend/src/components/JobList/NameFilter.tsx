import type { RefObject } from 'react';
import { Search } from 'lucide-react';

interface Props {
  value: string;
  onChange: (name: string) => void;
  inputRef: RefObject<HTMLInputElement>;
}

export function NameFilter({ value, onChange, inputRef }: Props) {
  return (
    <label className="relative block min-w-0 flex-1 md:max-w-72">
      <span className="sr-only">Filter by name</span>
      <Search aria-hidden size={16} className="absolute top-2 left-2.5 text-muted" />
      <input
        ref={inputRef}
        type="search"
        value={value}
        maxLength={255}
        onChange={(event) => onChange(event.target.value)}
        placeholder="Filter by name"
        aria-keyshortcuts="/"
        className="h-8 w-full rounded-md border border-line-strong bg-surface pr-2 pl-8"
      />
    </label>
  );
}

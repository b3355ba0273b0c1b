import { CircleAlert } from 'lucide-react';
import type { FieldError } from '@/services/search';
import { around } from '@/utils/searchText';

interface Props {
  id: string;
  query: string;
  mistake: FieldError;
}

/** Where a search cannot be understood: the character marked, what is wrong there, and a way out. */
export function SearchMistake({ id, query, mistake }: Props) {
  const [before, at, after] = around(query, mistake.position ?? query.length);
  return (
    <div
      id={id}
      role="alert"
      className="basis-full rounded-md border border-failed bg-surface px-3 py-2 [overflow-wrap:anywhere]"
    >
      <p className="font-mono whitespace-pre-wrap">
        {before}
        <mark className="rounded-sm bg-failed px-0.5 text-surface">{at.trim() || '␣'}</mark>
        {after}
      </p>
      <p className="mt-1 flex items-start gap-2">
        <CircleAlert aria-hidden size={16} className="mt-0.5 shrink-0 text-failed" />
        <span>
          {mistake.message} <span className="text-muted">{mistake.hint}</span>
        </span>
      </p>
    </div>
  );
}

import { X } from 'lucide-react';

interface Props {
  queue: string;
  tag: string;
  onClear: (which: 'queue' | 'tag') => void;
}

/** Filters that came by a link and have no field of their own: shown, and taken away, here. */
export function ActiveFilters({ queue, tag, onClear }: Props) {
  const active = [
    { which: 'queue', value: queue },
    { which: 'tag', value: tag },
  ] as const;
  return active.map(
    ({ which, value }) =>
      value && (
        <button
          key={which}
          type="button"
          onClick={() => onClear(which)}
          aria-label={`Remove the filter ${which} ${value}`}
          className="flex h-8 min-w-0 items-center gap-1 rounded-md border border-accent bg-accent-tint px-2"
        >
          <span className="text-muted">{which}</span>
          <span className="max-w-40 truncate">{value}</span>
          <X aria-hidden size={14} className="shrink-0 text-muted" />
        </button>
      ),
  );
}

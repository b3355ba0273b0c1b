import { format } from 'date-fns';
import { X } from 'lucide-react';
import type { Stretch } from '@/utils/jobsAddress';

type Which = 'queue' | 'tag' | 'owner' | 'stretch' | 'archived';

interface Props {
  queue: string;
  tag: string;
  owner: string;
  stretch: Stretch | null;
  archived: boolean;
  onClear: (which: Which) => void;
}

const HAPPENED = { created: 'submitted', started: 'started', completed: 'ended' };

/** What a list is of, where that is easily overlooked: shown, and taken away, here. */
export function ActiveFilters({ queue, tag, owner, stretch, archived, onClear }: Props) {
  const active: { which: Which; word: string; value: string }[] = [
    { which: 'archived', word: 'in the', value: archived ? 'archive' : '' },
    { which: 'queue', word: 'queue', value: queue },
    { which: 'tag', word: 'tag', value: tag },
    { which: 'owner', word: 'owner', value: owner },
    { which: 'stretch', word: stretch ? HAPPENED[stretch.of] : '', value: stretch ? told(stretch) : '' },
  ];
  return active.map(
    ({ which, word, value }) =>
      value && (
        <button
          key={which}
          type="button"
          onClick={() => onClear(which)}
          aria-label={`Remove the filter ${word} ${value}`}
          className="flex h-8 min-w-0 items-center gap-1 rounded-md border border-accent bg-accent-tint px-2"
        >
          <span className="text-muted">{word}</span>
          <span className="max-w-60 truncate">{value}</span>
          <X aria-hidden size={14} className="shrink-0 text-muted" />
        </button>
      ),
  );
}

/** "23 Nov 18:00 – 19:00" within a day, "23 Nov 00:00 – 24 Nov 00:00" otherwise. */
function told({ after, before }: Stretch): string {
  const [from, to] = [new Date(after), new Date(before)];
  const sameDay = from.toDateString() === to.toDateString();
  return `${format(from, 'd MMM HH:mm')} – ${format(to, sameDay ? 'HH:mm' : 'd MMM HH:mm')}`;
}

import { useEffect, useRef, type ReactNode } from 'react';
import { clsx } from 'clsx';
import { STATUS_LOOK } from '@/components/StatusBadge';
import type { Status } from '@/services/jobs';
import type { StatusCounts } from '@/services/stats';
import { count } from '@/utils/numbers';
import { STATUSES } from '@/utils/status';

interface Props {
  chosen: Status[];
  counts: StatusCounts | undefined;
  total: number | undefined;
  /** Whether these jobs are counted at all. */
  counted?: boolean;
  onToggle: (status: Status) => void;
  onAll: () => void;
}

/** One chip for each status with its exact total. Several may be chosen; none means all. */
export function StatusChips({ chosen, counts, total, counted = true, onToggle, onAll }: Props) {
  return (
    <div
      role="group"
      aria-label="Filter by status"
      className="-mx-4 flex gap-1 overflow-x-auto px-4 py-0.5 md:mx-0 md:px-0.5"
    >
      <Chip pressed={chosen.length === 0} onClick={onAll} value={counted ? (total ?? '–') : null}>
        All
      </Chip>
      {STATUSES.map((status) => {
        const { icon: Icon, text, word } = STATUS_LOOK[status];
        return (
          <Chip
            key={status}
            pressed={chosen.includes(status)}
            onClick={() => onToggle(status)}
            value={counted ? (counts?.[status] ?? '–') : null}
          >
            <Icon aria-hidden size={14} className={text} />
            {word}
          </Chip>
        );
      })}
    </div>
  );
}

interface ChipProps {
  pressed: boolean;
  onClick: () => void;
  value: number | '–' | null;
  children: ReactNode;
}

function Chip({ pressed, onClick, value, children }: ChipProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // On a phone the chips scroll sideways, and a link may have chosen one that is out of sight.
    if (pressed) button.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [pressed]);
  return (
    <button
      ref={button}
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className={clsx(
        'flex h-8 shrink-0 items-center gap-1.5 rounded-md border px-2.5 transition-colors',
        pressed ? 'border-accent bg-accent-tint text-ink' : 'border-line bg-surface text-ink hover:bg-hover',
      )}
    >
      {children}
      {value !== null && (
        <span className="min-w-3 text-end text-muted">{value === '–' ? value : count(value)}</span>
      )}
    </button>
  );
}

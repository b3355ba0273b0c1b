import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from '@/components/Common/IconButton';
import { count } from '@/utils/numbers';

interface Props {
  /** "1–20 of 4,212", or whatever is honest. */
  summary: string;
  size: number;
  sizes?: readonly number[];
  onSize: (size: number) => void;
  /** Undefined where there is no such page. */
  onPrevious?: () => void;
  onNext?: () => void;
  /** Numbered pages, where a page can be reached by its number. */
  pages?: { current: number; last: number; go: (page: number) => void };
}

const SIZES = [20, 50, 100] as const;

export function Pagination({ summary, size, sizes = SIZES, onSize, onPrevious, onNext, pages }: Props) {
  return (
    <nav
      aria-label="Pages"
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 text-muted"
    >
      <span role="status">{summary}</span>
      <div className="flex items-center gap-4">
        <label className="hidden items-center gap-2 sm:flex">
          Rows
          <select
            value={size}
            onChange={(event) => onSize(Number(event.target.value))}
            className="h-8 rounded-md border border-line-strong/50 bg-surface px-1 text-ink"
          >
            {sizes.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <div className="flex items-center gap-1">
          <IconButton icon={ChevronLeft} label="Previous page" disabled={!onPrevious} onClick={onPrevious} />
          {pages && <PageNumbers {...pages} />}
          <IconButton icon={ChevronRight} label="Next page" disabled={!onNext} onClick={onNext} />
        </div>
      </div>
    </nav>
  );
}

function PageNumbers({ current, last, go }: { current: number; last: number; go: (page: number) => void }) {
  return (
    <ol className="flex items-center">
      {nearby(current, last).map((page, index) => (
        <li key={page ?? `gap ${index}`}>
          {page === null ? (
            <span className="px-1">…</span>
          ) : (
            <button
              type="button"
              aria-label={`Page ${page}`}
              aria-current={page === current ? 'page' : undefined}
              onClick={() => go(page)}
              className="h-8 min-w-8 rounded-md px-2 hover:bg-hover aria-[current]:bg-accent-tint aria-[current]:font-strong aria-[current]:text-accent"
            >
              {count(page)}
            </button>
          )}
        </li>
      ))}
    </ol>
  );
}

/** First, last, and the neighbours of the current page; null where some are left out. */
export function nearby(current: number, last: number): (number | null)[] {
  const wanted = [1, current - 1, current, current + 1, last].filter((page) => page >= 1 && page <= last);
  const pages = [...new Set(wanted)].sort((a, b) => a - b);
  return pages.flatMap((page, index) => {
    const before = pages[index - 1];
    if (before === undefined || page === before + 1) return [page];
    return page === before + 2 ? [before + 1, page] : [null, page];
  });
}

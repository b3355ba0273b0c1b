import { Pagination } from '@/components/Common/Pagination';
import type { JobPage } from '@/services/jobs';
import { count } from '@/utils/numbers';

/** Page numbers reach this many rows; cursors go on from there. */
const NUMBERED_ROWS = 10_000;

export interface Place {
  page: number;
  cursor: string;
  size: number;
}

interface Props {
  page: JobPage;
  at: Place;
  go: (place: Partial<Place>) => void;
  onSize: (size: number) => void;
}

export function ListPages({ page, at, go, onSize }: Props) {
  const lastNumbered = Math.floor(NUMBERED_ROWS / at.size);
  const last = Math.max(1, Math.min(Math.ceil(page.count / at.size), lastNumbered));
  const next = placeIn(page.next) ?? (page.next_cursor ? { cursor: page.next_cursor } : null);
  const previous = placeIn(page.previous);
  return (
    <div className="mt-4">
      <Pagination
        summary={summarise(page, at)}
        size={at.size}
        onSize={onSize}
        onPrevious={previous ? () => go(previous) : undefined}
        onNext={next ? () => go(next) : undefined}
        pages={at.cursor ? undefined : { current: at.page, last, go: (number) => go({ page: number }) }}
      />
    </div>
  );
}

/** Which page or cursor a link of the API leads to. */
function placeIn(link: string | null): Partial<Place> | null {
  if (!link) return null;
  const params = new URL(link, window.location.origin).searchParams;
  const cursor = params.get('cursor');
  return cursor ? { cursor } : { page: Number(params.get('page') ?? 1) };
}

function summarise(page: JobPage, at: Place): string {
  const total = `${page.count_kind === 'at_least' ? 'at least ' : ''}${count(page.count)}`;
  if (at.cursor) return `${count(page.results.length)} of ${total}`;
  const first = (at.page - 1) * at.size + 1;
  return `${count(first)}–${count(first + page.results.length - 1)} of ${total}`;
}

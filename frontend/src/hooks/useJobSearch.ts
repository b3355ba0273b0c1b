import { useCallback, useMemo } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { useTyped } from '@/hooks/ui/useTyped';
import { usePreferences } from '@/contexts/PreferencesContext';
import type { JobQuery, Status } from '@/services/jobs';
import { isOrdering, type Ordering } from '@/utils/ordering';
import { stretchOf, type Stretch } from '@/utils/jobsAddress';
import { STATUSES } from '@/utils/status';

/** What the address says about the list: filters, order and place. */
export interface JobSearch {
  status: Status[];
  /** As it was typed: words, phrases and qualifiers. */
  q: string;
  queue: string;
  tag: string;
  owner: string;
  stretch: Stretch | null;
  priorityMin: number | null;
  priorityMax: number | null;
  /** Days as YYYY-MM-DD in the reader's own zone; both ends belong to the range. */
  createdFrom: string;
  createdTo: string;
  /** Jobs of the archive instead of live ones. */
  archived: boolean;
  ordering: Ordering;
  page: number;
  cursor: string;
  size: number;
}

export type Filters = Omit<JobSearch, 'ordering' | 'page' | 'cursor' | 'size'>;

const NEWEST_FIRST: Ordering = '-created_at';
const SIZES = [20, 50, 100];
const ARCHIVE_ORDER = /^-?created_at$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const NO_FILTERS: Filters = {
  status: [],
  q: '',
  queue: '',
  tag: '',
  owner: '',
  stretch: null,
  priorityMin: null,
  priorityMax: null,
  createdFrom: '',
  createdTo: '',
  archived: false,
};

/** What to change; as a function, of what the address says by then. */
type Change = Partial<JobSearch> | ((now: JobSearch) => Partial<JobSearch>);

/** Reads and writes the list's state in the address, so that Back restores it and a link shows the same. */
export function useJobSearch() {
  const { search: address } = useLocation();
  const navigate = useNavigate();
  const { pageSize } = usePreferences().preferences;
  const search = useMemo(() => parse(address, pageSize), [address, pageSize]);
  const write = useCallback(
    (part: Change, replace: boolean) => {
      // The page may not have been drawn since the last change: only the address itself has all of them.
      const now = parse(window.location.search, pageSize);
      const next = { ...now, page: 1, cursor: '', ...(typeof part === 'function' ? part(now) : part) };
      void navigate(`?${format(next).toString()}`, { replace });
    },
    [navigate, pageSize],
  );
  const typed = useTyped(
    search.q,
    // In the place of what was there: every pause of the typing would be a step for Back.
    useCallback(
      (text) => write((now) => (text === now.q ? { page: now.page, cursor: now.cursor } : { q: text }), true),
      [write],
    ),
  );
  const { settle } = typed;
  /** Changes filters or order, and so starts again at the first page. */
  const change = useCallback(
    (part: Change) => {
      settle();
      write(part, false);
    },
    [settle, write],
  );
  return {
    search,
    typed,
    query: useMemo(() => toQuery(search), [search]),
    filtered: isFiltered(search),
    change,
  };
}

function parse(address: string, pageSize: number): JobSearch {
  const params = new URLSearchParams(address);
  const ordering = params.get('ordering');
  const size = Number(params.get('size'));
  return {
    status: STATUSES.filter((status) => params.getAll('status').includes(status)),
    q: params.get('q') ?? '',
    queue: params.get('queue') ?? '',
    tag: params.get('tag') ?? '',
    owner: params.get('owner') ?? '',
    stretch: stretchOf(params),
    priorityMin: priority(params.get('priority_min')),
    priorityMax: priority(params.get('priority_max')),
    createdFrom: day(params.get('created_from')),
    createdTo: day(params.get('created_to')),
    archived: params.get('archived') === 'true',
    ordering: isOrdering(ordering) ? ordering : NEWEST_FIRST,
    page: Math.max(1, Math.floor(Number(params.get('page'))) || 1),
    cursor: params.get('cursor') ?? '',
    size: SIZES.includes(size) ? size : pageSize,
  };
}

function priority(text: string | null): number | null {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= 10 ? value : null;
}

function day(text: string | null): string {
  return text && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
}

function format(search: JobSearch): URLSearchParams {
  const params = new URLSearchParams();
  for (const status of search.status) params.append('status', status);
  const rest: Record<string, string | number | null> = {
    q: search.q,
    queue: search.queue,
    tag: search.tag,
    owner: search.owner,
    priority_min: search.priorityMin,
    priority_max: search.priorityMax,
    created_from: search.createdFrom,
    created_to: search.createdTo,
    archived: search.archived ? 'true' : null,
    ordering: search.ordering === NEWEST_FIRST ? null : search.ordering,
    cursor: search.cursor,
    page: search.cursor || search.page === 1 ? null : search.page,
    size: search.size === SIZES[0] ? null : search.size,
  };
  if (search.stretch) {
    params.set(`${search.stretch.of}_after`, search.stretch.after);
    params.set(`${search.stretch.of}_before`, search.stretch.before);
  }
  for (const [name, value] of Object.entries(rest)) {
    if (value !== null && value !== '') params.set(name, String(value));
  }
  return params;
}

function toQuery(search: JobSearch): JobQuery {
  return {
    status: search.status.length > 0 ? search.status : undefined,
    q: search.q.trim() || undefined,
    queue: search.queue ? [search.queue] : undefined,
    tag: search.tag ? [search.tag] : undefined,
    owner: search.owner ? [search.owner] : undefined,
    priority_min: search.priorityMin ?? undefined,
    priority_max: search.priorityMax ?? undefined,
    created_after: search.createdFrom ? localMidnight(search.createdFrom, 0) : undefined,
    created_before: search.createdTo ? localMidnight(search.createdTo, 1) : undefined,
    ...(search.stretch && {
      [`${search.stretch.of}_after`]: search.stretch.after,
      [`${search.stretch.of}_before`]: search.stretch.before,
    }),
    archived: search.archived || undefined,
    ordering: search.archived && !ARCHIVE_ORDER.test(search.ordering) ? NEWEST_FIRST : search.ordering,
    size: search.size,
    ...(search.cursor ? { cursor: search.cursor } : { page: search.page }),
  };
}

/** The instant at which a day of the reader's zone begins, some days later. */
function localMidnight(text: string, daysLater: number): string {
  const [year = 0, month = 1, date = 1] = text.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}

function isFiltered(search: JobSearch): boolean {
  return JSON.stringify({ ...search, ...NO_FILTERS }) !== JSON.stringify(search);
}

const SORTABLE = ['status', 'name', 'priority', 'created_at'] as const;

/** What the list can be sorted by. */
export type SortKey = (typeof SORTABLE)[number];
export type Ordering = SortKey | `-${SortKey}`;

/** The order after a click on a header: numbers and dates start with the greatest, words with A. */
export function nextOrdering(current: Ordering, key: SortKey): Ordering {
  if (current === key) return `-${key}`;
  if (current === `-${key}`) return key;
  return key === 'name' || key === 'status' ? key : `-${key}`;
}

export function ariaSort(current: Ordering, key: SortKey): 'ascending' | 'descending' | 'none' {
  if (current === key) return 'ascending';
  return current === `-${key}` ? 'descending' : 'none';
}

export function isOrdering(text: string | null): text is Ordering {
  return SORTABLE.some((key) => text === key || text === `-${key}`);
}

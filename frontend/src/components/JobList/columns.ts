import type { SortKey } from '@/utils/ordering';

export interface Column {
  key: string;
  word: string;
  sort?: SortKey;
  /** Width and place of the column, for its header, its cells and its skeleton alike. */
  className: string;
}

export const COLUMNS: Column[] = [
  { key: 'status', word: 'Status', sort: 'status', className: 'w-34' },
  { key: 'name', word: 'Job', sort: 'name', className: '' },
  { key: 'progress', word: 'Progress', className: 'w-44 min-[1400px]:w-56 2xl:w-72' },
  { key: 'priority', word: 'Priority', sort: 'priority', className: 'hidden w-24 text-end lg:table-cell' },
  { key: 'queue', word: 'Queue', className: 'hidden w-32 xl:table-cell' },
  { key: 'created', word: 'Created', sort: 'created_at', className: 'w-36 text-end' },
  { key: 'duration', word: 'Duration', className: 'hidden w-32 text-end lg:table-cell' },
  { key: 'actions', word: '', className: 'w-24' },
];

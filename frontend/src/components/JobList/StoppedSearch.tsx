import { Search } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { EmptyState } from '@/components/Common/EmptyState';
import type { JobPage } from '@/services/jobs';
import { plural } from '@/utils/numbers';
import type { Ordering } from '@/utils/ordering';
import { absoluteTime } from '@/utils/time';

interface Props {
  page: JobPage;
  ordering: Ordering;
  onGoOn: (cursor: string) => void;
}

/** The time for one request was up before the page was full: how far the search came, and a way to go on. */
export function StoppedSearch({ page, ordering, onGoOn }: Props) {
  const { searched_until: until, next_cursor: cursor, results } = page;
  if (!until || !cursor) return null;
  const goOn = (
    <Button variant="primary" icon={Search} onClick={() => onGoOn(cursor)}>
      Search on
    </Button>
  );
  const reached = `Searched ${asFar(until, ordering)}; there may be more beyond that.`;
  if (results.length === 0) {
    return (
      <EmptyState icon={Search} title="Nothing found so far" actions={goOn}>
        <p role="status">{reached}</p>
      </EmptyState>
    );
  }
  return (
    <div className="mt-3 flex flex-wrap items-center justify-center gap-3 text-muted">
      <p role="status">
        {plural(results.length, 'job')} found so far. {reached}
      </p>
      {goOn}
    </div>
  );
}

function asFar({ id, value }: { id: number; value: unknown }, ordering: Ordering): string {
  const told = typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  // A search by words goes by the ids, which are the age of a job there; no job may be left that is so old.
  if (told === null || value === id) return `as far as job ${id}`;
  if (ordering.endsWith('created_at')) {
    return `${ordering.startsWith('-') ? 'back to' : 'up to'} ${absoluteTime(new Date(told))}`;
  }
  return `as far as ${ordering.replace('-', '')} ${told}`;
}

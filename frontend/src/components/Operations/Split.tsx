import type { OutcomeCount } from '@/services/operations';
import { count } from '@/utils/numbers';

/** How many jobs come to what, in words; what is skipped is quieter. */
export function Split({ split }: { split: readonly OutcomeCount[] }) {
  if (split.length === 0) return <p className="text-muted">No job.</p>;
  return (
    <ul className="grid gap-1">
      {split.map(({ outcome, jobs, acts, says }) => (
        <li key={outcome} className={acts ? 'text-ink' : 'text-muted'}>
          <span className="inline-block min-w-16 pr-2 text-end font-strong">{count(jobs)}</span>
          {says}
        </li>
      ))}
    </ul>
  );
}

import { Link } from 'react-router';
import { STATUS_LOOK } from '@/components/StatusBadge';
import type { Status } from '@/services/jobs';
import type { StatusCounts } from '@/services/stats';
import { jobsAddress } from '@/utils/jobsAddress';
import { compactCount, plural } from '@/utils/numbers';

const SHOWN: readonly Status[] = ['RUNNING', 'PENDING', 'FAILED'];

/** What is going on now, in three figures that lead to their jobs. */
export function StatusSummary({ counts }: { counts: StatusCounts | undefined }) {
  return (
    <ul aria-label="Jobs by status" className="flex items-center gap-1">
      {SHOWN.map((status) => {
        const { icon: Icon, text, word } = STATUS_LOOK[status];
        const value = counts?.[status];
        const says = value === undefined ? word : `${plural(value, 'job')} ${word.toLowerCase()}`;
        return (
          <li key={status}>
            <Link
              to={jobsAddress({ status })}
              aria-label={says}
              title={says}
              className="flex h-8 items-center gap-1.5 rounded-md px-2 text-ink hover:bg-hover hover:no-underline"
            >
              <Icon aria-hidden size={14} className={text} />
              <span className="min-w-4 text-end">{value === undefined ? '–' : compactCount(value)}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

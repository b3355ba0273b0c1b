import { Link } from 'react-router';
import { Skeleton } from '@/components/Common/Skeleton';
import { STATUS_LOOK } from '@/components/StatusBadge';
import type { Part, StatusCounts } from '@/services/stats';
import { jobsAddress } from '@/utils/jobsAddress';
import { count } from '@/utils/numbers';
import { STATUSES } from '@/utils/status';

/** How many jobs there are of each status; each figure leads to its jobs. */
export function CountTiles({ counts, part = {} }: { counts: StatusCounts | undefined; part?: Part }) {
  return (
    <ul
      aria-label="Jobs by status"
      className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-5"
    >
      {STATUSES.map((status) => {
        const { icon: Icon, text, word } = STATUS_LOOK[status];
        return (
          <li key={status} className="bg-surface last:col-span-2 sm:last:col-span-1">
            <Link
              to={jobsAddress({ ...part, status })}
              className="block p-4 text-ink hover:bg-hover hover:no-underline"
            >
              <span className={`flex items-center gap-1.5 ${text}`}>
                <Icon aria-hidden size={14} /> {word}
              </span>
              <span className="mt-1 block text-title font-strong">
                {counts ? count(counts[status]) : <Skeleton className="my-1.5 h-4 w-16" />}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

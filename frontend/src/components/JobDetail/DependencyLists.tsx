import { clsx } from 'clsx';
import { Link } from 'react-router';
import { Panel } from '@/components/Common/Panel';
import { StatusBadge } from '@/components/StatusBadge';
import type { Dependencies } from '@/services/jobs';
import { count } from '@/utils/numbers';

type Neighbour = Dependencies['depends_on'][number];

const WANTS: Record<Neighbour['wants'], string> = {
  success: 'has to complete',
  failure: 'has to fail',
  end: 'has to end, however',
};

/** What a job waits for, and what waits for it, each with how it stands now. */
export function DependencyLists({ depends_on, needed_by, needed_by_count }: Dependencies) {
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      <Panel title="Depends on">
        <Neighbours jobs={depends_on} none="It waits for no other job." />
      </Panel>
      <Panel title="Needed by">
        <Neighbours jobs={needed_by} none="No other job waits for it." />
        {needed_by_count > needed_by.length && (
          <p className="border-t border-line px-4 py-2 text-muted">
            The first {needed_by.length} of {count(needed_by_count)}.
          </p>
        )}
      </Panel>
    </div>
  );
}

function Neighbours({ jobs, none }: { jobs: Neighbour[]; none: string }) {
  if (jobs.length === 0) return <p className="p-4 text-muted">{none}</p>;
  return (
    <ul className="divide-y divide-line">
      {jobs.map((one) => (
        <li key={one.job} className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5">
          {one.status ? <StatusBadge status={one.status} /> : <span className="text-muted">Deleted</span>}
          <span className="min-w-0 flex-1 break-words">
            {one.name === null ? (
              `#${one.job}`
            ) : (
              <Link to={`/jobs/${one.job}`} className="text-accent hover:underline">
                {one.name}
                <span className="ml-1.5 text-muted">#{one.job}</span>
              </Link>
            )}
          </span>
          <span className={clsx('max-sm:basis-full', one.met === false ? 'text-failed' : 'text-muted')}>
            {standing(one)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function standing({ met, wants }: Neighbour): string {
  if (met === null) return WANTS[wants];
  return met ? 'ended as needed' : 'ended otherwise';
}

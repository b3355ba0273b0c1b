import { Link } from 'react-router';
import { MiddleTruncate } from '@/components/Common/MiddleTruncate';
import { Panel } from '@/components/Common/Panel';
import type { Stats } from '@/services/stats';
import { jobsAddress } from '@/utils/jobsAddress';
import { count } from '@/utils/numbers';

type Queue = Stats['by_queue'][number];

const SHOWN = 4;
const CELL = 'h-9 text-end font-normal';

/** The queues with the most to do. */
export function Queues({ queues }: { queues: Queue[] }) {
  const busiest = queues.toSorted((a, b) => loadOf(b) - loadOf(a)).slice(0, SHOWN);
  if (busiest.length === 0) return null;
  return (
    <Panel title="Busiest queues" aside={<Link to="/queues">All queues</Link>}>
      <table className="mx-4 w-[calc(100%-2rem)] table-fixed">
        <thead className="text-small text-muted">
          <tr>
            <th scope="col" className="font-normal">
              Queue
            </th>
            <th scope="col" className={`${CELL} w-24`}>
              Pending
            </th>
            <th scope="col" className={`${CELL} w-24`}>
              Running
            </th>
          </tr>
        </thead>
        <tbody>
          {busiest.map((each) => (
            <tr key={each.queue} className="border-t border-line">
              <th scope="row" className="font-normal">
                <Link to={jobsAddress({ queue: each.queue })} className="text-ink">
                  <MiddleTruncate text={each.queue} />
                </Link>
              </th>
              <td className={CELL}>{count(each.PENDING)}</td>
              <td className={CELL}>{count(each.RUNNING)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function loadOf(queue: Queue): number {
  return queue.PENDING + queue.RUNNING;
}

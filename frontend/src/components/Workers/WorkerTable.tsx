import { MiddleTruncate } from '@/components/Common/MiddleTruncate';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { Skeleton } from '@/components/Common/Skeleton';
import { WorkerState } from '@/components/Workers/WorkerState';
import type { Worker } from '@/services/workers';
import { capacityOf, enforcedBy } from '@/utils/capacity';
import { count } from '@/utils/numbers';

const HEADERS = ['State', 'Worker', 'Heartbeat', 'Running', 'Capacity', 'Enforces', 'Executors', 'Version'];
const CELL = 'h-10 px-3 whitespace-nowrap';

/** The workers, and what each can carry. Undefined while they load. */
export function WorkerTable({ workers }: { workers: Worker[] | undefined }) {
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label="Workers"
      className="overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full" aria-busy={!workers}>
        <thead className="text-small text-muted">
          <tr className="border-b border-line">
            {HEADERS.map((word) => (
              <th
                key={word}
                scope="col"
                className={`${CELL} h-9 font-normal ${word === 'Running' ? 'text-end' : ''}`}
              >
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {workers?.map((worker) => (
            <Row key={worker.id} worker={worker} />
          ))}
          {!workers && (
            <tr>
              {HEADERS.map((word) => (
                <td key={word} className={CELL}>
                  <Skeleton className="h-3 w-20" />
                </td>
              ))}
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

function Row({ worker }: { worker: Worker }) {
  return (
    <tr className="border-b border-line last:border-0 hover:bg-hover">
      <td className={CELL}>
        <WorkerState state={worker.state} />
      </td>
      <td className={CELL}>
        <span className="flex items-baseline gap-2">
          <MiddleTruncate text={worker.name} className="max-w-64" />
          {worker.host !== worker.name && <span className="text-small text-muted">on {worker.host}</span>}
        </span>
      </td>
      <td className={CELL}>
        <RelativeTime at={worker.heartbeat_at} />
      </td>
      <td className={`${CELL} text-end`}>{count(worker.running)}</td>
      <td className={CELL}>{capacityOf(worker.capacity)}</td>
      <td className={`${CELL} text-muted`}>{enforcedBy(worker.limits)}</td>
      <td className={`${CELL} text-muted`}>{Object.keys(worker.executors).join(', ')}</td>
      <td className={`${CELL} text-muted`}>{worker.version}</td>
    </tr>
  );
}

import type { ReactNode } from 'react';
import { MiddleTruncate } from '@/components/Common/MiddleTruncate';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { Skeleton } from '@/components/Common/Skeleton';
import { WorkerState } from '@/components/Workers/WorkerState';
import type { Worker } from '@/services/workers';
import { capacityOf, enforcedBy } from '@/utils/capacity';
import { count } from '@/utils/numbers';

/** The workers as phones show them. Undefined while they load. */
export function WorkerCards({ workers }: { workers: Worker[] | undefined }) {
  return (
    <ul aria-label="Workers" aria-busy={!workers} className="grid grid-cols-1 gap-2">
      {workers?.map((worker) => (
        <li key={worker.id} className="rounded-lg border border-line bg-surface p-3">
          <Card worker={worker} />
        </li>
      ))}
      {!workers && (
        <li className="rounded-lg border border-line bg-surface p-3">
          <Skeleton className="h-4 w-24" />
          <Skeleton className="mt-3 h-3 w-3/5" />
          <Skeleton className="mt-3 h-3 w-2/5" />
        </li>
      )}
    </ul>
  );
}

function Card({ worker }: { worker: Worker }) {
  const { name, host, executors, version } = worker;
  return (
    <article aria-label={name}>
      <div className="flex items-center justify-between gap-4">
        <MiddleTruncate text={name} className="font-strong" />
        <WorkerState state={worker.state} />
      </div>
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {host !== name && <Fact name="Host">{host}</Fact>}
        <Fact name="Heartbeat">
          <RelativeTime at={worker.heartbeat_at} />
        </Fact>
        <Fact name="Running">{count(worker.running)}</Fact>
        <Fact name="Capacity">{capacityOf(worker.capacity)}</Fact>
        <Fact name="Enforces">{enforcedBy(worker.limits)}</Fact>
        <Fact name="Executors">{Object.keys(executors).join(', ')}</Fact>
        <Fact name="Version">{version}</Fact>
      </dl>
    </article>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 text-end break-words">{children}</dd>
    </>
  );
}

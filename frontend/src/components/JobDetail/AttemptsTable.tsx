import type { ReactNode } from 'react';
import { Duration } from '@/components/Common/Duration';
import { RelativeTime } from '@/components/Common/RelativeTime';
import type { Attempt } from '@/services/jobs';
import { attemptEnd } from '@/utils/cause';
import { usageOf } from '@/utils/usage';

interface Props {
  attempts: Attempt[];
  /** Shows what an attempt wrote; absent for jobs that write nothing. */
  onLog?: (attempt: number) => void;
}

const HEADS = ['Attempt', 'End', 'Took', 'Started', 'Worker', 'Peak memory', 'CPU time', 'Read / written'];

/** Each time that it ran: where, how long, how it ended and what it used. Newest first. */
export function AttemptsTable({ attempts, onLog }: Props) {
  return (
    <div
      role="region"
      aria-label="Attempts"
      tabIndex={0}
      className="relative overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full whitespace-nowrap">
        <thead className="border-b border-line text-muted">
          <tr>
            {HEADS.map((head, index) => (
              <th key={head} className={`h-9 px-4 ${index >= 5 || index === 2 ? 'text-end' : ''}`}>
                {head}
              </th>
            ))}
            <th className="px-4">
              <span className="sr-only">Log</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {attempts.toReversed().map((attempt) => (
            <Row key={attempt.number} attempt={attempt} onLog={onLog} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ attempt, onLog }: { attempt: Attempt; onLog?: (attempt: number) => void }) {
  return (
    <tr className="h-10">
      <Cell>{attempt.number}</Cell>
      <Cell>
        <span title={attempt.error_message || undefined}>{attemptEnd(attempt)}</span>
      </Cell>
      <Cell end>
        <Took attempt={attempt} />
      </Cell>
      <Cell>{attempt.started_at ? <RelativeTime at={attempt.started_at} /> : '–'}</Cell>
      <Cell>{attempt.worker ?? '–'}</Cell>
      <Used attempt={attempt} />
      <Cell end>
        {onLog && (
          <button
            type="button"
            onClick={() => onLog(attempt.number)}
            className="h-6 text-accent hover:underline"
          >
            Log<span className="sr-only"> of attempt {attempt.number}</span>
          </button>
        )}
      </Cell>
    </tr>
  );
}

/** Three cells. What ended unseen was not measured; what has not ended is not measured yet. */
function Used({ attempt: { usage, ended_at } }: { attempt: Attempt }) {
  if (usage === null) {
    return (
      <td colSpan={3} className="px-4 text-end text-muted">
        {ended_at ? 'not measured' : '–'}
      </td>
    );
  }
  const { memory, cpu, io } = usageOf(usage);
  return (
    <>
      <Cell end>{memory}</Cell>
      <Cell end>{cpu}</Cell>
      <Cell end>{io}</Cell>
    </>
  );
}

function Took({ attempt: { started_at, ended_at } }: { attempt: Attempt }) {
  if (!started_at) return <>–</>;
  if (!ended_at) return <Duration seconds={null} since={started_at} />;
  return <Duration seconds={(Date.parse(ended_at) - Date.parse(started_at)) / 1000} />;
}

function Cell({ end = false, children }: { end?: boolean; children: ReactNode }) {
  return <td className={`px-4 ${end ? 'text-end' : ''}`}>{children}</td>;
}

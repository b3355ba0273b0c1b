import { clsx } from 'clsx';
import { useNow } from '@/hooks/ui/useNow';
import { duration } from '@/utils/time';
import type { LiveState, LiveStatus } from '@/services/live';

interface Look {
  word: string;
  dot: string;
  explains: string;
}

const LOOK: Record<LiveStatus, Look> = {
  connecting: { word: 'Connecting', dot: 'border-pending', explains: 'Opening the live connection.' },
  connected: {
    word: 'Live',
    dot: 'border-completed bg-completed',
    explains: 'Changes appear as they happen.',
  },
  reconnecting: {
    word: 'Reconnecting',
    dot: 'border-pending',
    explains: 'The live connection was cut; trying again.',
  },
  polling: {
    word: 'Polling',
    dot: 'border-pending bg-pending',
    explains: 'No live connection; the page asks every 5 seconds instead.',
  },
  paused: {
    word: 'Paused',
    dot: 'border-cancelled',
    explains: 'Nothing is updated while this tab is hidden.',
  },
};

/** Polls that stay without an answer for so many seconds say that nobody is there. */
const SILENT_SECONDS = 12;
const SILENT: Look = {
  word: 'No answer',
  dot: 'border-failed bg-failed',
  explains: 'Jobdeck does not answer, so what is shown may be old. It is asked again every 5 seconds.',
};

/** How fresh the page is: connected, reconnecting, polling, unanswered or paused, and when it last heard something. */
export function LiveBadge({ state }: { state: LiveState }) {
  const now = useNow(1_000);
  const age =
    state.updatedAt === null ? null : Math.max(0, Math.round((now.getTime() - state.updatedAt) / 1000));
  const silent = state.status === 'polling' && age !== null && age >= SILENT_SECONDS;
  const look = silent ? SILENT : LOOK[state.status];
  return (
    <span
      data-live={state.status}
      title={age === null ? look.explains : `${look.explains} Updated ${age} s ago.`}
      className="inline-flex items-center gap-2 text-small whitespace-nowrap text-muted"
    >
      <span aria-hidden className={clsx('size-2 rounded-full border-2', look.dot)} />
      <span role="status">{look.word}</span>
      {age !== null && state.status !== 'connected' && (
        <span className="hidden lg:inline">updated {age < 60 ? `${age} s` : duration(age)} ago</span>
      )}
    </span>
  );
}

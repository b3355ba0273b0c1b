import type { ResourceRequirements, WaitCode, WaitingFor } from '@/types/api.generated';
import { capacityOf } from '@/utils/capacity';
import { plural } from '@/utils/numbers';

const WAITS_FOR: Record<WaitCode, string> = {
  dependencies: 'the jobs that it depends on',
  scheduled: 'its scheduled time',
  backoff: 'its next attempt',
  dispatched: 'the system that it was handed to',
  program: 'its program to report',
  no_worker: 'a worker: none is running',
  too_large: 'a larger worker',
  workers_draining: 'a worker that takes jobs',
  workers_unreachable: 'a worker that can be reached',
  workers_busy: 'room on a worker',
  queued: 'its turn',
};

/** What a job waits for, to go on with after "Waits for". */
export function waitsFor({ code }: WaitingFor): string {
  return WAITS_FOR[code];
}

const BRIEF: Record<WaitCode, string> = {
  dependencies: 'After others',
  scheduled: 'Due',
  backoff: 'Again',
  dispatched: 'Handed over',
  program: 'Not reported yet',
  no_worker: 'No worker',
  too_large: 'Too large',
  workers_draining: 'Workers draining',
  workers_unreachable: 'No worker answers',
  workers_busy: 'Workers busy',
  queued: 'In the queue',
};

/** The same in a word or two; a time goes on after it, where there is one. */
export function waitsBriefly({ code }: WaitingFor): string {
  return BRIEF[code];
}

/** How many jobs go first, where that was counted. */
export function placeInQueue({ ahead, ahead_kind }: WaitingFor): string | null {
  if (ahead === null) return null;
  if (ahead === 0) return 'It is next in the queue.';
  const many = ahead_kind === 'at_least' ? 'At least ' : '';
  return `${many}${plural(ahead, 'job')} ${ahead === 1 ? 'goes' : 'go'} before it.`;
}

/** What holds it up, and what a person can do about that; null where only time can. */
export function wayOut(waiting: WaitingFor, asked: ResourceRequirements): string | null {
  switch (waiting.code) {
    case 'no_worker':
      return 'Start one: make run does, and so does manage.py worker on another machine.';
    case 'too_large':
      return tooLarge(waiting, asked);
    case 'workers_draining':
      return 'Those that could run it finish what they have and take nothing new. Resume one, or start another.';
    case 'workers_unreachable':
      return 'Nothing is heard of those that could run it. Look whether their machines are up.';
    case 'workers_busy':
      return 'Those that could run it are full; it starts as soon as one has room for it.';
    case 'program':
      return 'No command runs for it: the program that does the work reports here, or you do with “Update status”.';
    case 'dependencies':
      return 'It starts by itself when they have ended as it needs; “Dependencies” below says how they stand.';
    case 'scheduled':
    case 'backoff':
    case 'dispatched':
    case 'queued':
      return null;
  }
}

function tooLarge({ would_fit }: WaitingFor, asked: ResourceRequirements): string {
  const wants = `It asks for ${capacityOf({ ...asked })}.`;
  if (!would_fit) return `${wants} No worker has that much.`;
  const { worker, cpus, memory_mb } = would_fit;
  const has = capacityOf({ cpus, memory_mb });
  return `${wants} The worker that comes nearest, ${worker}, has ${has}. Submit it again and ask for less, or start a larger worker.`;
}

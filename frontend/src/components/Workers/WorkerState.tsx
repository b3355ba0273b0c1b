import { CircleCheck, CirclePause, CircleX, Unplug, type LucideIcon } from 'lucide-react';
import type { Worker } from '@/services/workers';

const LOOK: Record<Worker['state'], { word: string; icon: LucideIcon; className: string; explains: string }> =
  {
    active: {
      word: 'Active',
      icon: CircleCheck,
      className: 'text-completed',
      explains: 'It takes jobs and reports.',
    },
    draining: {
      word: 'Draining',
      icon: CirclePause,
      className: 'text-pending',
      explains: 'It finishes what it runs and takes nothing more.',
    },
    unreachable: {
      word: 'Unreachable',
      icon: Unplug,
      className: 'text-failed',
      explains: 'Nothing was heard from it for 30 seconds. Its jobs stay its own until their leases run out.',
    },
    stopped: {
      word: 'Stopped',
      icon: CircleX,
      className: 'text-cancelled',
      explains: 'It was stopped in order.',
    },
  };

export function WorkerState({ state }: { state: Worker['state'] }) {
  const { word, icon: Icon, className, explains } = LOOK[state];
  return (
    <span title={explains} className={`inline-flex items-center gap-1.5 font-strong ${className}`}>
      <Icon aria-hidden size={14} strokeWidth={2.25} /> {word}
    </span>
  );
}

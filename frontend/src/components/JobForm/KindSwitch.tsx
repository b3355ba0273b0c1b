import { Activity, Terminal } from 'lucide-react';
import type { UseFormRegister } from 'react-hook-form';
import type { JobValues } from '@/utils/submission';

const KINDS = [
  { value: 'run', icon: Terminal, title: 'Run a command', says: 'A worker runs it and follows it' },
  {
    value: 'tracked',
    icon: Activity,
    title: 'Tracked',
    says: 'No command: another program does it and reports',
  },
] as const;

/** The two kinds of job, side by side. */
export function KindSwitch({ register }: { register: UseFormRegister<JobValues> }) {
  return (
    <fieldset>
      <legend className="sr-only">Kind of job</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {KINDS.map(({ value, icon: Icon, title, says }) => (
          <label
            key={value}
            className="flex cursor-pointer items-center gap-3 rounded-lg border border-line bg-surface px-4 py-3 hover:bg-hover has-checked:border-accent has-checked:bg-accent-tint"
          >
            <input
              {...register('kind')}
              type="radio"
              value={value}
              className="size-4 shrink-0 accent-accent"
            />
            <Icon aria-hidden size={20} strokeWidth={1.75} className="shrink-0 text-muted" />
            <span>
              <span className="block font-strong">{title}</span>
              <span className="block text-small text-muted">{says}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

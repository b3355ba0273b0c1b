import type { Ticked } from '@/utils/ticked';
import type { Job } from '@/services/jobs';

interface Props {
  label: string;
  checked: boolean;
  /** Some of what it stands for is ticked. */
  mixed?: boolean;
  onChange: () => void;
}

/** A box to tick, with room for a thumb around it. */
export function Tick({ label, checked, mixed = false, onChange }: Props) {
  return (
    <label className="inline-flex size-6 items-center justify-center">
      <input
        type="checkbox"
        aria-label={label}
        className="size-4 accent-accent"
        checked={checked}
        ref={(box) => {
          if (box) box.indeterminate = mixed;
        }}
        onChange={onChange}
      />
    </label>
  );
}

export function TickJob({ job, ticked }: { job: Job; ticked: Ticked }) {
  return (
    <Tick
      label={`Select ${job.name}`}
      checked={ticked.everything || ticked.ids.has(job.id)}
      onChange={() => ticked.toggle(job.id)}
    />
  );
}

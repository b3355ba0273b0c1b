import type { ReactNode } from 'react';
import { RANGE_NAMES, RANGES, type BucketName, type StatsSearch } from '@/utils/statsRange';

interface Props {
  search: StatsSearch;
  /** The names that can be chosen. */
  queues: string[];
  owners: string[];
  onChange: (part: Partial<StatsSearch>) => void;
}

const BUCKET_WORDS: Record<BucketName, string> = {
  hour: 'by the hour',
  day: 'by the day',
  week: 'by the week',
};

/** What the figures are of: how far back, by what, whose. */
export function StatsFilters({ search, queues, owners, onChange }: Props) {
  const { buckets } = RANGES[search.range];
  return (
    <section aria-label="Figures of" className="mb-4 grid grid-cols-2 gap-2 sm:flex sm:flex-wrap">
      <Choice
        label="Range"
        value={search.range}
        onChoose={(chosen) => onChange({ range: RANGE_NAMES.find((name) => name === chosen) })}
      >
        {RANGE_NAMES.map((name) => (
          <option key={name} value={name}>
            {RANGES[name].word}
          </option>
        ))}
      </Choice>
      <Choice
        label="Bucket"
        value={search.bucket}
        onChoose={(chosen) => onChange({ bucket: buckets.find((bucket) => bucket === chosen) })}
      >
        {buckets.map((bucket) => (
          <option key={bucket} value={bucket}>
            {BUCKET_WORDS[bucket]}
          </option>
        ))}
      </Choice>
      <Choice
        label="Queue"
        value={search.queue ?? ''}
        onChoose={(queue) => onChange({ queue: queue || undefined })}
      >
        <option value="">Every queue</option>
        {withChosen(queues, search.queue).map((queue) => (
          <option key={queue}>{queue}</option>
        ))}
      </Choice>
      <Choice
        label="Owner"
        value={search.owner ?? ''}
        onChoose={(owner) => onChange({ owner: owner || undefined })}
      >
        <option value="">Everyone</option>
        <option value="me">Me</option>
        {withChosen(owners, search.owner === 'me' ? undefined : search.owner).map((owner) => (
          <option key={owner}>{owner}</option>
        ))}
      </Choice>
    </section>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  onChoose: (value: string) => void;
  children: ReactNode;
}

function Choice({ label, value, onChoose, children }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChoose(event.target.value)}
      className="h-8 max-w-60 min-w-0 rounded-md border border-line-strong bg-surface px-2 text-ink"
    >
      {children}
    </select>
  );
}

/** By name, and with the one that the address names, though it may not be among those with the most to do. */
function withChosen(names: string[], chosen: string | undefined): string[] {
  const all = chosen && !names.includes(chosen) ? [...names, chosen] : names;
  return all.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

import { SlidersHorizontal } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { Disclosure } from '@/components/Common/Disclosure';

export interface MoreFilterValues {
  priorityMin: number | null;
  priorityMax: number | null;
  createdFrom: string;
  createdTo: string;
  archived: boolean;
}

interface Props {
  value: MoreFilterValues;
  onChange: (change: Partial<MoreFilterValues>) => void;
}

const FIELD = 'h-8 w-full rounded-md border border-line-strong bg-surface px-2';

/** Priority, creation date and the archive, kept out of the way until wanted. */
export function MoreFilters({ value, onChange }: Props) {
  const { priorityMin, priorityMax, createdFrom, createdTo, archived } = value;
  const used = [priorityMin, priorityMax, createdFrom, createdTo, archived].filter(Boolean).length;
  return (
    <Disclosure
      label="More filters"
      className="w-72 p-4"
      trigger={(props) => (
        <Button icon={SlidersHorizontal} aria-label={used ? `Filters, ${used} in use` : 'Filters'} {...props}>
          <span className="hidden sm:inline">Filters</span>
          {used > 0 && (
            <span className="min-w-5 rounded-full bg-accent px-1 text-center text-small text-accent-ink">
              {used}
            </span>
          )}
        </Button>
      )}
    >
      {(close) => (
        <>
          <fieldset>
            <legend className="font-strong">Priority</legend>
            <div className="mt-1 grid grid-cols-2 gap-2">
              <PrioritySelect
                label="From"
                value={value.priorityMin}
                onChange={(priorityMin) => onChange({ priorityMin })}
              />
              <PrioritySelect
                label="To"
                value={value.priorityMax}
                onChange={(priorityMax) => onChange({ priorityMax })}
              />
            </div>
          </fieldset>
          <fieldset className="mt-4">
            <legend className="font-strong">Created</legend>
            <div className="mt-1 grid gap-2">
              <DayField
                label="From"
                value={value.createdFrom}
                onChange={(createdFrom) => onChange({ createdFrom })}
              />
              <DayField
                label="To"
                value={value.createdTo}
                onChange={(createdTo) => onChange({ createdTo })}
              />
            </div>
          </fieldset>
          <label className="mt-4 flex items-center gap-2">
            <input
              type="checkbox"
              checked={value.archived}
              onChange={(event) => onChange({ archived: event.target.checked })}
              className="size-4 accent-accent"
            />
            Archived jobs
          </label>
          <div className="mt-4 flex justify-end gap-2">
            <Button
              variant="quiet"
              disabled={used === 0}
              onClick={() =>
                onChange({
                  priorityMin: null,
                  priorityMax: null,
                  createdFrom: '',
                  createdTo: '',
                  archived: false,
                })
              }
            >
              Clear
            </Button>
            <Button onClick={close}>Done</Button>
          </div>
        </>
      )}
    </Disclosure>
  );
}

interface FieldProps<T> {
  label: string;
  value: T;
  onChange: (value: T) => void;
}

function PrioritySelect({ label, value, onChange }: FieldProps<number | null>) {
  return (
    <label className="text-small text-muted">
      {label}
      <select
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value ? Number(event.target.value) : null)}
        className={`${FIELD} text-base text-ink`}
      >
        <option value="">Any</option>
        {Array.from({ length: 10 }, (_, index) => (
          <option key={index}>{index + 1}</option>
        ))}
      </select>
    </label>
  );
}

function DayField({ label, value, onChange }: FieldProps<string>) {
  return (
    <label className="grid grid-cols-[2.5rem_1fr] items-center text-small text-muted">
      {label}
      <input
        type="date"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={`${FIELD} text-base text-ink`}
      />
    </label>
  );
}

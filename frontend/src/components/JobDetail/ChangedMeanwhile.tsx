import { GitCompareArrows } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { EDITABLE, labelOf, type EditValues } from '@/utils/submission';

interface Props {
  before: EditValues;
  now: EditValues;
  busy: boolean;
  onLoad: () => void;
  onOverwrite: () => void;
}

/** Somebody saved first: says what they changed, and lets the reader choose. */
export function ChangedMeanwhile({ before, now, busy, onLoad, onOverwrite }: Props) {
  const changed = EDITABLE.filter((field) => before[field] !== now[field]);
  return (
    <div role="alert" className="rounded-lg border border-pending/40 bg-pending-tint p-4">
      <h3 className="flex items-center gap-2 text-pending">
        <GitCompareArrows aria-hidden size={16} /> This job changed while you were editing
      </h3>
      {changed.length === 0 ? (
        <p className="mt-1">None of the fields below did; its status or progress moved on.</p>
      ) : (
        <dl className="mt-1">
          {changed.map((field) => (
            <div key={field}>
              <dt className="inline font-strong">{labelOf(field)}</dt>{' '}
              <dd className="inline break-words">is now “{String(now[field])}”.</dd>
            </div>
          ))}
        </dl>
      )}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={onOverwrite} busy={busy}>
          Save mine anyway
        </Button>
        <Button variant="quiet" onClick={onLoad}>
          Load theirs
        </Button>
      </div>
    </div>
  );
}

import { forwardRef } from 'react';
import { TriangleAlert } from 'lucide-react';
import { plural } from '@/utils/numbers';

export interface SummaryEntry {
  message: string;
  label: string | null;
  /** Puts the focus on the field; absent where no field is to blame. */
  onGo?: () => void;
}

/** Everything that keeps the form from being sent, in one place that takes the focus. */
export const ErrorSummary = forwardRef<HTMLDivElement, { entries: SummaryEntry[] }>(function ErrorSummary(
  { entries },
  ref,
) {
  return (
    <div
      ref={ref}
      tabIndex={-1}
      role="alert"
      className="flex gap-3 rounded-lg border border-failed/40 bg-failed-tint p-4"
    >
      <TriangleAlert aria-hidden size={20} className="mt-0.5 shrink-0 text-failed" />
      <div className="min-w-0">
        <h2 className="text-failed">
          {plural(entries.length, 'thing')} to correct before it can be submitted
        </h2>
        <ul className="mt-1">
          {entries.map(({ label, message, onGo }) => (
            <li key={`${label ?? ''} ${message}`} className="break-words">
              {onGo ? (
                <button
                  type="button"
                  onClick={onGo}
                  className="min-h-6 text-start underline underline-offset-2"
                >
                  {label}
                </button>
              ) : (
                label
              )}
              {label && ': '}
              {message}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
});

import { useId, type ReactNode } from 'react';
import { clsx } from 'clsx';

/** What a control needs to be tied to its label, hint and error. */
export interface FieldControl {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

interface Props {
  label: string;
  /** What goes in, and its limits. */
  hint?: ReactNode;
  error?: string;
  optional?: boolean;
  className?: string;
  children: (control: FieldControl) => ReactNode;
}

export const INPUT =
  'h-9 w-full min-w-0 rounded-md border border-line-strong bg-surface px-3 text-ink aria-[invalid]:border-failed disabled:opacity-60';

/** A labelled control; its error stands where it belongs and is read with it. */
export function Field({ label, hint, error, optional = false, className, children }: Props) {
  const id = useId();
  const note = `${id}-note`;
  const said = error ?? hint;
  return (
    <div className={clsx('min-w-0', className)}>
      <label htmlFor={id} className="font-strong">
        {label}
        {optional && <span className="font-normal text-muted"> · optional</span>}
      </label>
      <div className="mt-1">
        {children({
          id,
          'aria-describedby': said ? note : undefined,
          'aria-invalid': error ? true : undefined,
        })}
      </div>
      {/* The error takes the hint's place: were it to push the page down, the click that left the field would miss. */}
      {said && (
        <div id={note} className={clsx('mt-1 text-small', error ? 'text-failed' : 'text-muted')}>
          {said}
        </div>
      )}
    </div>
  );
}

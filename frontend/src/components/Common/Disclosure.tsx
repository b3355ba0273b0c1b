import { useEffect, useId, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { clsx } from 'clsx';

/** What the opening button must take. */
export interface TriggerProps {
  'aria-expanded': boolean;
  'aria-controls': string;
  onClick: () => void;
}

interface Props {
  trigger: (props: TriggerProps) => ReactElement;
  /** Names the panel. */
  label: string;
  className?: string;
  /** `close` is for buttons inside that finish what the panel is for. */
  children: (close: () => void) => ReactNode;
}

/**
 * A button and the panel that it opens below its right edge. Escape, a click elsewhere and leaving by Tab close it.
 * Its contents are ordinary buttons, links and fields, in the order of the page.
 */
export function Disclosure({ trigger, label, className, children }: Props) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return undefined;
    const closeOutside = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      box.current?.querySelector<HTMLElement>('[aria-expanded]')?.focus();
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    document.addEventListener('keydown', closeOnEscape);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
      document.removeEventListener('keydown', closeOnEscape);
    };
  }, [open]);
  return (
    <div ref={box} className="relative">
      {trigger({ 'aria-expanded': open, 'aria-controls': id, onClick: () => setOpen(!open) })}
      <div
        id={id}
        role="group"
        aria-label={label}
        hidden={!open}
        className={clsx(
          'absolute top-full right-0 z-40 mt-1 rounded-lg border border-line bg-raised shadow-pop',
          className,
        )}
      >
        {open && children(() => setOpen(false))}
      </div>
    </div>
  );
}

import { forwardRef, type ButtonHTMLAttributes } from 'react';
import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: LucideIcon;
  /** What it does: the accessible name, and the tooltip. */
  label: string;
  danger?: boolean;
}

export const IconButton = forwardRef<HTMLButtonElement, Props>(function IconButton(
  { icon: Icon, label, danger = false, className, ...rest },
  ref,
) {
  return (
    <button
      ref={ref}
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={clsx(
        'inline-flex size-8 items-center justify-center rounded-md text-muted transition-colors disabled:opacity-40',
        danger ? 'hover:bg-failed-tint hover:text-failed' : 'hover:bg-hover hover:text-ink',
        className,
      )}
    >
      <Icon aria-hidden size={16} />
    </button>
  );
});

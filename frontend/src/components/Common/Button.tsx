import { forwardRef, type ButtonHTMLAttributes, type ReactNode } from 'react';
import { clsx } from 'clsx';
import { LoaderCircle, type LucideIcon } from 'lucide-react';

export type Variant = 'primary' | 'secondary' | 'quiet' | 'link' | 'danger';

export const VARIANTS: Record<Variant, string> = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-hover disabled:hover:bg-accent',
  secondary: 'border border-line-strong/50 bg-surface text-ink hover:bg-hover disabled:hover:bg-surface',
  quiet: 'text-ink hover:bg-hover',
  link: 'text-accent hover:bg-accent-tint',
  danger: 'border border-failed/60 bg-surface text-failed hover:bg-failed-tint',
};

export const BUTTON =
  'inline-flex h-8 items-center justify-center gap-1.5 rounded-md px-3 font-strong whitespace-nowrap transition-colors hover:no-underline disabled:opacity-50';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: Variant;
  icon?: LucideIcon;
  /** Shows that the request is under way, and keeps it from being sent twice. */
  busy?: boolean;
  children: ReactNode;
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(
  { variant = 'secondary', icon: Icon, busy = false, className, children, ...rest },
  ref,
) {
  return (
    <button
      ref={ref}
      type="button"
      aria-busy={busy || undefined}
      {...rest}
      disabled={rest.disabled ?? busy}
      className={clsx(BUTTON, VARIANTS[variant], className)}
    >
      {busy ? (
        <LoaderCircle aria-hidden size={16} className="animate-spin" />
      ) : (
        Icon && <Icon aria-hidden size={16} />
      )}
      {children}
    </button>
  );
});

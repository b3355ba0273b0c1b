import type { ReactNode } from 'react';
import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import { Link, type LinkProps } from 'react-router';
import { BUTTON, VARIANTS, type Variant } from '@/components/Common/Button';

interface Props extends LinkProps {
  variant?: Variant;
  icon?: LucideIcon;
  children: ReactNode;
}

/** A link that looks like a button, for going somewhere rather than doing something. */
export function LinkButton({ variant = 'secondary', icon: Icon, className, children, ...rest }: Props) {
  return (
    <Link {...rest} className={clsx(BUTTON, VARIANTS[variant], className)}>
      {Icon && <Icon aria-hidden size={16} />}
      {children}
    </Link>
  );
}

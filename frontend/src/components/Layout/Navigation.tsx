import { clsx } from 'clsx';
import { ChartColumn, Layers, List, ListChecks, Server, type LucideIcon } from 'lucide-react';
import { NavLink } from 'react-router';

/** Where one can go, and the letter that leads there after a g. */
export const PLACES: { to: string; word: string; icon: LucideIcon; key: string }[] = [
  { to: '/', word: 'Jobs', icon: List, key: 'j' },
  { to: '/overview', word: 'Overview', icon: ChartColumn, key: 'o' },
  { to: '/queues', word: 'Queues', icon: Layers, key: 'q' },
  { to: '/operations', word: 'Operations', icon: ListChecks, key: 'p' },
  { to: '/workers', word: 'Workers', icon: Server, key: 'w' },
];

/** The places, in the header on wide screens and at the thumb on phones. */
export function Navigation({ place }: { place: 'header' | 'bottom' }) {
  const bottom = place === 'bottom';
  return (
    <nav
      aria-label="Main"
      className={clsx(
        bottom &&
          'fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)]',
      )}
    >
      <ul className={clsx('flex', bottom ? 'h-14 items-stretch' : 'items-center gap-1')}>
        {PLACES.map(({ to, word, icon: Icon }) => (
          <li key={to} className={clsx(bottom && 'flex-1')}>
            <NavLink
              to={to}
              className={({ isActive }) =>
                clsx(
                  'flex items-center justify-center hover:no-underline',
                  bottom ? 'h-full flex-col gap-0.5 text-small' : 'h-8 rounded-md px-3 hover:bg-hover',
                  isActive ? 'font-strong text-ink' : 'text-muted hover:text-ink',
                  isActive && (bottom ? 'text-accent' : 'bg-hover'),
                )
              }
            >
              {bottom && <Icon aria-hidden size={20} />}
              {word}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

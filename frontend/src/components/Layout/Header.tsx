import type { ReactNode } from 'react';
import { Plus } from 'lucide-react';
import { Link } from 'react-router';
import { LinkButton } from '@/components/Common/LinkButton';
import { Mark } from '@/components/Layout/Mark';
import { Navigation } from '@/components/Layout/Navigation';

interface Props {
  phone: boolean;
  canSubmit: boolean;
  summary: ReactNode;
  live: ReactNode;
  menus: ReactNode;
}

export function Header({ phone, canSubmit, summary, live, menus }: Props) {
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b border-line bg-surface px-4 md:gap-4 md:px-6">
      <Link to="/" className="flex items-center gap-2 text-ink hover:no-underline">
        <Mark />
        <span className="font-strong">Jobdeck</span>
      </Link>
      {!phone && <Navigation place="header" />}
      <div className="flex-1" />
      {!phone && summary}
      {live}
      <div className="flex items-center">{menus}</div>
      {canSubmit && (
        <LinkButton
          to="/jobs/new"
          variant="primary"
          icon={Plus}
          aria-label="New job"
          className={phone ? 'px-2' : ''}
        >
          {phone ? null : 'New job'}
        </LinkButton>
      )}
    </header>
  );
}

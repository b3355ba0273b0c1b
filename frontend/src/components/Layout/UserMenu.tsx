import { BookOpen, Keyboard, LogOut, UserRound } from 'lucide-react';
import { Disclosure } from '@/components/Common/Disclosure';
import { IconButton } from '@/components/Common/IconButton';
import type { Me } from '@/services/me';

interface Props {
  me: Me;
  onShortcuts: () => void;
  onSignOut: () => void;
}

const ITEM = 'flex h-9 w-full items-center gap-2 rounded-md px-2 text-ink hover:bg-hover hover:no-underline';

export function UserMenu({ me, onShortcuts, onSignOut }: Props) {
  return (
    <Disclosure
      label="Account"
      className="w-56 p-1"
      trigger={(props) => <IconButton icon={UserRound} label={`Account: ${me.username}`} {...props} />}
    >
      {(close) => (
        <>
          <div className="border-b border-line px-2 pt-1.5 pb-2">
            <p className="truncate font-strong">{me.username}</p>
            <p className="text-small text-muted">
              {me.role} · Jobdeck {me.version}
            </p>
          </div>
          <button
            type="button"
            className={`${ITEM} mt-1`}
            onClick={() => {
              close();
              onShortcuts();
            }}
          >
            <Keyboard aria-hidden size={16} className="text-muted" /> Keyboard shortcuts
          </button>
          {/* An address of the server below the base, not a page of this application. */}
          <a className={ITEM} href="api/docs/">
            <BookOpen aria-hidden size={16} className="text-muted" /> API reference
          </a>
          {me.auth === 'on' && (
            <button type="button" className={ITEM} onClick={onSignOut}>
              <LogOut aria-hidden size={16} className="text-muted" /> Sign out
            </button>
          )}
        </>
      )}
    </Disclosure>
  );
}

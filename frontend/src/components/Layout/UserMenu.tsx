import { Menu } from '@base-ui/react/menu';
import { BookOpen, Keyboard, LogOut, UserRound } from 'lucide-react';
import { IconButton } from '@/components/Common/IconButton';
import { ITEM, POPUP } from '@/components/Layout/menu';
import type { Me } from '@/services/me';

interface Props {
  me: Me;
  onShortcuts: () => void;
  onSignOut: () => void;
}

export function UserMenu({ me, onShortcuts, onSignOut }: Props) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger render={<IconButton icon={UserRound} label={`Account: ${me.username}`} />} />
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-40">
          <Menu.Popup className={POPUP}>
            <div className="px-2 py-1.5">
              <p className="font-strong">{me.username}</p>
              <p className="text-small text-muted">
                {me.role} · Jobdeck {me.version}
              </p>
            </div>
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.Item className={ITEM} onClick={onShortcuts}>
              <Keyboard aria-hidden size={16} className="text-muted" /> Keyboard shortcuts
            </Menu.Item>
            {/* A real address below the base: the API's own pages are not part of this application. */}
            <Menu.Item
              className={`${ITEM} hover:no-underline`}
              render={<a href="api/docs/">API reference</a>}
            >
              <BookOpen aria-hidden size={16} className="text-muted" /> API reference
            </Menu.Item>
            {me.auth === 'on' && (
              <Menu.Item className={ITEM} onClick={onSignOut}>
                <LogOut aria-hidden size={16} className="text-muted" /> Sign out
              </Menu.Item>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

import { Menu } from '@base-ui/react/menu';
import { Check, Monitor, Moon, Sun } from 'lucide-react';
import { IconButton } from '@/components/Common/IconButton';
import { ITEM, POPUP } from '@/components/Layout/menu';
import type { Theme } from '@/utils/preferences';

const THEMES = [
  { value: 'system', word: 'System', icon: Monitor },
  { value: 'light', word: 'Light', icon: Sun },
  { value: 'dark', word: 'Dark', icon: Moon },
] as const;

export function ThemeMenu({ theme, onChange }: { theme: Theme; onChange: (theme: Theme) => void }) {
  const current = THEMES.find((each) => each.value === theme) ?? THEMES[0];
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger render={<IconButton icon={current.icon} label={`Theme: ${current.word}`} />} />
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-40">
          <Menu.Popup className={POPUP}>
            <Menu.RadioGroup value={theme} onValueChange={(value: Theme) => onChange(value)}>
              {THEMES.map(({ value, word, icon: Icon }) => (
                <Menu.RadioItem key={value} value={value} closeOnClick className={ITEM}>
                  <Icon aria-hidden size={16} className="text-muted" />
                  <span className="flex-1">{word}</span>
                  <Menu.RadioItemIndicator>
                    <Check aria-hidden size={16} />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

import { Check, Monitor, Moon, Sun } from 'lucide-react';
import { Disclosure } from '@/components/Common/Disclosure';
import { IconButton } from '@/components/Common/IconButton';
import type { Theme } from '@/utils/preferences';

const THEMES = [
  { value: 'system', word: 'System', icon: Monitor },
  { value: 'light', word: 'Light', icon: Sun },
  { value: 'dark', word: 'Dark', icon: Moon },
] as const;

export function ThemeMenu({ theme, onChange }: { theme: Theme; onChange: (theme: Theme) => void }) {
  const current = THEMES.find((each) => each.value === theme) ?? THEMES[0];
  return (
    <Disclosure
      label="Theme"
      className="w-44 p-1"
      trigger={(props) => <IconButton icon={current.icon} label={`Theme: ${current.word}`} {...props} />}
    >
      {(close) =>
        THEMES.map(({ value, word, icon: Icon }) => (
          <button
            key={value}
            type="button"
            aria-pressed={value === theme}
            className="flex h-9 w-full items-center gap-2 rounded-md px-2 hover:bg-hover"
            onClick={() => {
              onChange(value);
              close();
            }}
          >
            <Icon aria-hidden size={16} className="text-muted" />
            <span className="flex-1 text-start">{word}</span>
            {value === theme && <Check aria-hidden size={16} />}
          </button>
        ))
      }
    </Disclosure>
  );
}

import { useEffect, useRef } from 'react';
import { usePreferences } from '@/contexts/PreferencesContext';

/** Keys as typed, `g j` for one after the other. */
export type Shortcuts = Record<string, () => void>;

const SEQUENCE_MS = 1_000;

/** Runs a shortcut while this component is mounted, unless somebody is typing, or has switched them off. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const { preferences } = usePreferences();
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    if (!preferences.shortcuts) return undefined;
    let before = { key: '', at: 0 };
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isBusy(event)) return;
      const sequence = event.timeStamp - before.at < SEQUENCE_MS ? `${before.key} ${event.key}` : '';
      before = { key: event.key, at: event.timeStamp };
      const run = latest.current[sequence] ?? latest.current[event.key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [preferences.shortcuts]);
}

/** A key belongs to the field that is typed in, or to an open dialog or menu. */
function isBusy(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="alertdialog"], [role="menu"]',
    ) !== null
  );
}

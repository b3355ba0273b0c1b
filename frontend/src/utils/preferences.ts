export type Theme = 'system' | 'light' | 'dark';

export interface Preferences {
  theme: Theme;
  /** Single-key shortcuts; some people's assistive technology types them by itself. */
  shortcuts: boolean;
  pageSize: number;
  wrapLog: boolean;
}

// public/assets/theme-early.js reads the same entry before the first paint.
const ENTRY = 'jobdeck.preferences';
const DEFAULTS: Preferences = { theme: 'system', shortcuts: true, pageSize: 20, wrapLog: false };

export function readPreferences(): Preferences {
  try {
    const stored = JSON.parse(localStorage.getItem(ENTRY) ?? '{}') as Partial<Preferences>;
    return { ...DEFAULTS, ...stored };
  } catch {
    return DEFAULTS;
  }
}

export function writePreferences(preferences: Preferences): Preferences {
  try {
    localStorage.setItem(ENTRY, JSON.stringify(preferences));
  } catch {
    // Without storage the choice holds until the page is left.
  }
  return preferences;
}

const THEMES = ['system', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

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
    const stored: unknown = JSON.parse(localStorage.getItem(ENTRY) ?? '{}');
    return read(new Map(typeof stored === 'object' && stored !== null ? Object.entries(stored) : []));
  } catch {
    return DEFAULTS;
  }
}

function read(stored: Map<string, unknown>): Preferences {
  const theme = THEMES.find((each) => each === stored.get('theme')) ?? DEFAULTS.theme;
  const pageSize = stored.get('pageSize');
  const flag = (name: 'shortcuts' | 'wrapLog') => {
    const value = stored.get(name);
    return typeof value === 'boolean' ? value : DEFAULTS[name];
  };
  return {
    theme,
    pageSize: typeof pageSize === 'number' ? pageSize : DEFAULTS.pageSize,
    shortcuts: flag('shortcuts'),
    wrapLog: flag('wrapLog'),
  };
}

export function writePreferences(preferences: Preferences): Preferences {
  try {
    localStorage.setItem(ENTRY, JSON.stringify(preferences));
  } catch {
    // Without storage the choice holds until the page is left.
  }
  return preferences;
}

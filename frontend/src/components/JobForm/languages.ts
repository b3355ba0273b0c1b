import { python } from '@codemirror/lang-python';
import { StreamLanguage } from '@codemirror/language';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import type { Extension } from '@codemirror/state';

export type Language = 'shell' | 'python' | 'other';

/** What a script is written in, by its first line. Without a shebang /bin/sh runs it. */
export function languageOf(script: string): Language {
  const firstLine = script.slice(0, script.indexOf('\n') >>> 0).slice(0, 200);
  if (!firstLine.startsWith('#!')) return 'shell';
  if (/\bpython[\d.]*\b/.test(firstLine)) return 'python';
  return /\b(ba|da|k|z|a)?sh\b/.test(firstLine) ? 'shell' : 'other';
}

const shellLanguage = StreamLanguage.define(shell);

export function languageSupport(language: Language): Extension {
  if (language === 'python') return python();
  return language === 'shell' ? shellLanguage : [];
}

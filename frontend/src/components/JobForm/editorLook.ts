import { python } from '@codemirror/lang-python';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The page's own tokens, so that both themes hold here too. */
export const editorTheme = EditorView.theme({
  '&': { backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono)',
    lineHeight: '20px',
    minHeight: '288px',
    maxHeight: '56dvh',
  },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--ink)' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface)',
    color: 'var(--ink-muted)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 70%, transparent)' },
  '.cm-placeholder': { color: 'var(--ink-muted)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 24%, transparent) !important',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-tint)' },
});

export const highlighting = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.comment, tags.meta], color: 'var(--ansi-black)' },
    { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: 'var(--ansi-magenta)' },
    { tag: [tags.string, tags.special(tags.string)], color: 'var(--ansi-green)' },
    { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--ansi-blue)' },
    { tag: [tags.function(tags.variableName), tags.standard(tags.name)], color: 'var(--ansi-cyan)' },
    { tag: [tags.definition(tags.variableName), tags.attributeName], color: 'var(--ansi-yellow)' },
  ]),
);

type Language = 'shell' | 'python' | 'other';

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

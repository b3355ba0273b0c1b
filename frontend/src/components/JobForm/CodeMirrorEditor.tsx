import { useEffect, useRef } from 'react';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { editorTheme, highlighting, languageOf, languageSupport } from '@/components/JobForm/editorLook';
import type { ScriptEditorProps } from '@/components/JobForm/CommandField';
import { useLatest } from '@/hooks/ui/useLatest';

/** Tab leaves the editor as it leaves any field, so that nobody is caught in it. */
export default function CodeMirrorEditor(props: ScriptEditorProps) {
  const { value, control } = props;
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useLatest(props);
  const language = useRef(new Compartment());
  const attributes = useRef(new Compartment());

  useEffect(() => {
    if (!parent.current) return undefined;
    const editor = new EditorView({
      parent: parent.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          EditorView.cspNonce.of(cspNonce()),
          Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => (latest.current.onSubmit(), true) }])),
          history(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          lineNumbers(),
          drawSelection(),
          highlightActiveLine(),
          bracketMatching(),
          indentOnInput(),
          indentUnit.of('    '),
          EditorView.lineWrapping,
          placeholder('#!/bin/sh\necho hello'),
          editorTheme,
          highlighting,
          language.current.of(languageSupport(languageOf(latest.current.value))),
          attributes.current.of([]),
          EditorView.domEventHandlers({ blur: () => latest.current.onBlur() }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [latest]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  const kind = languageOf(value);
  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(languageSupport(kind)) });
  }, [kind]);

  const { id, 'aria-describedby': describedBy, 'aria-invalid': invalid } = control;
  const { label } = props;
  useEffect(() => {
    const named: Record<string, string> = {
      id,
      'aria-label': label,
      spellcheck: 'false',
      autocapitalize: 'off',
    };
    if (describedBy) named['aria-describedby'] = describedBy;
    if (invalid) named['aria-invalid'] = 'true';
    view.current?.dispatch({
      effects: attributes.current.reconfigure(EditorView.contentAttributes.of(named)),
    });
  }, [id, label, describedBy, invalid]);

  return (
    <div
      ref={parent}
      className={`overflow-hidden rounded-md border focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent ${invalid ? 'border-failed' : 'border-line-strong'}`}
    />
  );
}

/** The nonce that the page's Content-Security-Policy allows for <style> elements made by libraries. */
function cspNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}

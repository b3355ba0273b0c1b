import { lazy, Suspense } from 'react';
import type { FieldControl } from '@/components/JobForm/Field';

const CodeMirrorEditor = lazy(() => import('@/components/JobForm/CodeMirrorEditor'));

export interface ScriptEditorProps {
  value: string;
  onChange: (value: string) => void;
  onBlur: () => void;
  /** Ctrl or ⌘ with Enter. */
  onSubmit: () => void;
  label: string;
  control: FieldControl;
}

/** Highlights what is typed. Until its code has loaded, and where it cannot be, a plain text field does the same. */
export function ScriptEditor(props: ScriptEditorProps) {
  const { value, onChange, onBlur, control } = props;
  return (
    <Suspense
      fallback={
        <textarea
          {...control}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onBlur={onBlur}
          spellCheck={false}
          className="block h-72 w-full rounded-md border border-line-strong bg-surface p-3 font-mono text-small leading-5"
        />
      }
    >
      <CodeMirrorEditor {...props} />
    </Suspense>
  );
}

import { lazy, Suspense } from 'react';
import { useController, type Control } from 'react-hook-form';
import { Field, type FieldControl } from '@/components/JobForm/Field';
import { JOB_WRITE } from '@/types/limits.generated';
import { bytes } from '@/utils/numbers';
import { labelOf, type JobValues } from '@/utils/submission';

const CodeMirrorEditor = lazy(() => import('@/components/JobForm/CodeMirrorEditor'));

export function CommandField({ control, onSubmit }: { control: Control<JobValues>; onSubmit: () => void }) {
  const { field, fieldState } = useController({ control, name: 'command' });
  const size = new TextEncoder().encode(field.value).length;
  const label = labelOf('command');
  return (
    <Field
      label={label}
      error={fieldState.error?.message}
      hint={
        <>
          A line for <code>/bin/sh</code>, or a whole script that begins with a shebang such as{' '}
          <code>#!/usr/bin/env python3</code>. {bytes(size)} of {bytes(JOB_WRITE.command['x-maxBytes'])}
        </>
      }
    >
      {(tied) => (
        <ScriptEditor
          value={field.value}
          onChange={field.onChange}
          onBlur={field.onBlur}
          onSubmit={onSubmit}
          label={label}
          control={tied}
        />
      )}
    </Field>
  );
}

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
function ScriptEditor(props: ScriptEditorProps) {
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

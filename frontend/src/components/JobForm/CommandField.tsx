import { useController, type Control } from 'react-hook-form';
import { Field } from '@/components/JobForm/Field';
import { ScriptEditor } from '@/components/JobForm/ScriptEditor';
import { JOB_WRITE } from '@/types/limits.generated';
import { bytes } from '@/utils/numbers';
import { labelOf, type JobValues } from '@/utils/submission';

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

import { useController, type Control } from 'react-hook-form';
import { Field } from '@/components/JobForm/Field';
import { ScriptEditor } from '@/components/JobForm/ScriptEditor';
import { LIMITS, type JobValues } from '@/utils/jobForm';
import { bytes } from '@/utils/numbers';

export function CommandField({ control, onSubmit }: { control: Control<JobValues>; onSubmit: () => void }) {
  const { field, fieldState } = useController({ control, name: 'command' });
  const size = new TextEncoder().encode(field.value).length;
  const label = 'Command or script';
  return (
    <Field
      label={label}
      error={fieldState.error?.message}
      hint={
        <>
          A line for <code>/bin/sh</code>, or a whole script that begins with a shebang such as{' '}
          <code>#!/usr/bin/env python3</code>. {bytes(size)} of {bytes(LIMITS.commandBytes)}
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

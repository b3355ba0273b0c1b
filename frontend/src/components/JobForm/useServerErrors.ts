import { useEffect, useMemo } from 'react';
import type { FieldPath, FieldValues, UseFormSetError } from 'react-hook-form';
import type { ProblemError } from '@/services/problem';
import { mapErrors } from '@/utils/serverErrors';

/**
 * Shows what the server refused at its fields. Gives back what belongs to none of `fields`, and whether the problem
 * is about more than them. `read` finds the row of an environment variable by its name.
 */
export function useServerErrors<V extends FieldValues>(
  problem: ProblemError | null,
  fields: readonly string[],
  setError: UseFormSetError<V>,
  read?: (field: 'environment') => { name: string }[],
): { rest: string[]; elsewhere: boolean } {
  const mapped = useMemo(() => {
    if (!problem) return null;
    const variables = read?.('environment').map(({ name }) => name) ?? [];
    return mapErrors(problem.fields, fields, variables);
  }, [problem, fields, read]);
  useEffect(() => {
    for (const { field, message } of mapped?.byField ?? []) {
      // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- mapErrors found it among `fields`
      setError(field as FieldPath<V>, { type: 'server', message });
    }
  }, [mapped, setError]);
  const rest = mapped?.rest ?? [];
  return { rest, elsewhere: mapped !== null && (mapped.byField.length === 0 || rest.length > 0) };
}

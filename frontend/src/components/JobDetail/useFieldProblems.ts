import { useEffect, useMemo } from 'react';
import type { FieldPath, FieldValues, UseFormSetError } from 'react-hook-form';
import type { ProblemError } from '@/services/problem';
import { mapErrors } from '@/utils/serverErrors';

/** Shows what the server refused at its fields. True where the problem is about more than these. */
export function useFieldProblems<V extends FieldValues>(
  problem: ProblemError | null,
  fields: readonly string[],
  setError: UseFormSetError<V>,
): boolean {
  const mapped = useMemo(() => (problem ? mapErrors(problem.fields, fields) : null), [problem, fields]);
  useEffect(() => {
    for (const { field, message } of mapped?.byField ?? []) {
      setError(field as FieldPath<V>, { type: 'server', message });
    }
  }, [mapped, setError]);
  return mapped !== null && (mapped.byField.length === 0 || mapped.rest.length > 0);
}

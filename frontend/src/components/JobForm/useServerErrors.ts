import { useEffect, useMemo } from 'react';
import type { FieldPath, UseFormReturn } from 'react-hook-form';
import type { ProblemError } from '@/services/problem';
import { EMPTY_JOB, type JobValues } from '@/utils/jobForm';
import { mapErrors } from '@/utils/serverErrors';

const KNOWN = Object.keys(EMPTY_JOB);

/** Shows what the server refused at its fields; gives back what belongs to none. */
export function useServerErrors(form: UseFormReturn<JobValues>, problem: ProblemError | null): string[] {
  const { getValues, setError } = form;
  const mapped = useMemo(() => {
    if (!problem) return null;
    const variables = getValues('environment').map(({ name }) => name);
    return mapErrors(problem.fields, KNOWN, variables);
  }, [problem, getValues]);
  useEffect(() => {
    for (const { field, message } of mapped?.byField ?? []) {
      setError(field as FieldPath<JobValues>, { type: 'server', message });
    }
  }, [mapped, setError]);
  return mapped?.rest ?? [];
}

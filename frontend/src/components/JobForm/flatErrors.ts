import type { FieldErrors } from 'react-hook-form';
import type { JobValues } from '@/utils/jobForm';

const LABELS: Record<string, string> = {
  name: 'Name',
  description: 'Description',
  command: 'Command or script',
  priority: 'Priority',
  queue: 'Queue',
  tags: 'Tags',
  scheduledAt: 'Start no earlier than',
  cpus: 'CPUs',
  memoryMb: 'Memory in MB',
  timeout: 'Time limit in seconds',
  maxAttempts: 'Attempts',
  retryDelay: 'Retry delay in seconds',
  workingDirectory: 'Working directory',
  environment: 'Environment',
};

export interface FlatError {
  path: string;
  label: string;
  message: string;
}

/** The form's errors in the order of its fields, rows of lists included. */
export function flatErrors(errors: FieldErrors<JobValues>): FlatError[] {
  return Object.keys(LABELS).flatMap((name) => {
    const label = LABELS[name] ?? name;
    const error = errors[name as keyof JobValues];
    if (!error) return [];
    const own = error.message ?? error.root?.message;
    const rows = Array.isArray(error) ? rowErrors(error as unknown[], name, label) : [];
    return own ? [{ path: name, label, message: own }, ...rows] : rows;
  });
}

function rowErrors(rows: unknown[], name: string, label: string): FlatError[] {
  return rows.flatMap((row, index) =>
    Object.entries((row ?? {}) as Record<string, { message?: string }>)
      .filter(([, error]) => error.message)
      .map(([part, error]) => ({
        path: `${name}.${index}.${part}`,
        label: `${label}, variable ${index + 1}`,
        message: error.message ?? '',
      })),
  );
}

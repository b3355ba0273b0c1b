interface FieldError {
  field: string;
  message: string;
  hint?: string | null;
}

const FIELDS: Record<string, string> = {
  scheduled_at: 'scheduledAt',
  'resource_requirements.cpus': 'cpus',
  'resource_requirements.memory_mb': 'memoryMb',
  max_attempts: 'maxAttempts',
  retry_delay: 'retryDelay',
  working_directory: 'workingDirectory',
};

export interface Mapped {
  /** By the name of the form's field, "environment.2.value" for a row. */
  byField: { field: string; message: string }[];
  /** About the whole, or about something that the form has no field for. */
  rest: string[];
}

/** Puts what the API says about its fields where the form has them. */
export function mapErrors(errors: FieldError[], known: readonly string[], variables: string[] = []): Mapped {
  const mapped: Mapped = { byField: [], rest: [] };
  for (const error of errors) {
    const message = [error.message, error.hint].filter(Boolean).join(' ');
    const field = formField(error.field, variables);
    const root = field.split('.')[0] ?? '';
    if (known.includes(root)) mapped.byField.push({ field, message });
    else mapped.rest.push(error.field ? `${error.field}: ${message}` : message);
  }
  return mapped;
}

function formField(field: string, variables: string[]): string {
  const direct = FIELDS[field];
  if (direct) return direct;
  const [root = '', ...path] = field.split(/[.[]/);
  if (root === 'environment' && path.length > 0) {
    const row = variables.indexOf(field.slice('environment.'.length).replace(/\]$/, ''));
    return row >= 0 ? `environment.${row}.name` : 'environment';
  }
  // "tags.3" and "resource_requirements.gpus" belong to the field as a whole.
  return FIELDS[root] ?? (root === 'resource_requirements' ? 'cpus' : root);
}

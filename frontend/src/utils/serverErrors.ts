import type { FieldError } from '@/types/api.generated';

interface Mapped {
  /** By the name of the form's field, "environment.2.name" for a row. */
  byField: { field: string; message: string }[];
  /** About the whole, or about something that the form has no field for. */
  rest: string[];
}

/** Puts what the API says about its fields where the form has them. */
export function mapErrors(errors: FieldError[], known: readonly string[], variables: string[] = []): Mapped {
  const mapped: Mapped = { byField: [], rest: [] };
  for (const error of errors) {
    const message = [error.message, error.hint].filter(Boolean).join(' ');
    const [root = ''] = error.field.split('.');
    if (known.includes(root)) mapped.byField.push({ field: place(error.field, root, variables), message });
    else mapped.rest.push(error.field ? `${error.field}: ${message}` : message);
  }
  return mapped;
}

/** Where in the form it is; a part that has no place of its own, as "tags.3", belongs to the field as a whole. */
function place(path: string, root: string, variables: string[]): string {
  const part = path.slice(root.length + 1);
  if (root === 'resource_requirements') return part ? path : `${root}.cpus`;
  const row = root === 'environment' ? variables.indexOf(part) : -1;
  return row >= 0 ? `environment.${row}.name` : root;
}

import type { FieldError, Problem, Status } from '@/types/api.generated';
import { STATUSES } from '@/utils/status';

/** Any request that did not succeed, told so that a person can act on it. */
export class ProblemError extends Error {
  /** HTTP status; 0 when no answer came at all. */
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
  readonly requestId: string;
  readonly fields: FieldError[];
  /** The status that the job really has, where that is why it was refused. */
  readonly currentStatus: Status | null;

  constructor(status: number, problem: Partial<Problem>) {
    const title = problem.title ?? 'The request failed';
    super(problem.detail ?? title);
    this.name = 'ProblemError';
    this.status = status;
    this.title = title;
    this.detail = problem.detail ?? '';
    this.hint = problem.hint ?? '';
    this.requestId = problem.request_id ?? '';
    this.fields = problem.errors ?? [];
    this.currentStatus = problem.current_status ?? null;
  }

  /** The message for one field of a form, or undefined. */
  field(name: string): string | undefined {
    return this.fields.find((each) => each.field === name)?.message;
  }
}

export function unreachable(): ProblemError {
  return new ProblemError(0, {
    title: 'Jobdeck cannot be reached',
    detail: 'No answer came from the server.',
    hint: 'Check that it is still running (make run) and that this machine is on its network, then try again.',
  });
}

/** Reads an answer that is not 2xx, whatever made it: the API, or a proxy in front of it. */
export async function problemFrom(response: Response): Promise<ProblemError> {
  const { status, statusText } = response;
  const said = fieldsOf(await response.json().catch(() => null));
  const text = (name: string, otherwise: string) => {
    const value = said.get(name);
    return typeof value === 'string' ? value : otherwise;
  };
  const errors = said.get('errors');
  return new ProblemError(status, {
    title: text('title', `The server answered ${status}`),
    detail: text('detail', statusText || 'It gave no reason.'),
    hint: text('hint', status >= 500 ? 'Try again in a moment; the server log has the cause.' : ''),
    request_id: text('request_id', response.headers.get('X-Request-ID') ?? ''),
    errors: Array.isArray(errors) ? errors.filter(isFieldError) : [],
    current_status: STATUSES.find((each) => each === said.get('current_status')),
  });
}

export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ProblemError(0, {
    title: 'Something went wrong in this page',
    detail,
    hint: 'Reload the page.',
  });
}

function fieldsOf(body: unknown): Map<string, unknown> {
  return new Map(typeof body === 'object' && body !== null ? Object.entries(body) : []);
}

function isFieldError(value: unknown): value is FieldError {
  const said = fieldsOf(value);
  return typeof said.get('field') === 'string' && typeof said.get('message') === 'string';
}

import { problemFrom, unreachable } from '@/services/problem';
import { serverPath } from '@/utils/base';

/** The shape that the generated types give to each operation. */
interface Operation {
  url: string;
  path?: unknown;
  query?: unknown;
  body?: unknown;
}

type Given<O extends Operation, K extends 'path' | 'query' | 'body'> = undefined extends O[K]
  ? Partial<Record<K, O[K]>>
  : Record<K, O[K]>;

export type RequestOptions<O extends Operation> = { url: O['url'] } & Given<O, 'path'> &
  Given<O, 'query'> &
  Given<O, 'body'> & { headers?: Record<string, string>; signal?: AbortSignal };

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const TIME_LIMIT_MS = 30_000;
const FILE_LIMIT_MS = 10 * 60_000;
let csrfToken = '';

/** Called with the token of /api/me/; every unsafe request carries it from then on. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** One request to the API. Answers that are not 2xx, and no answer at all, are thrown as ProblemError. */
export async function request<O extends Operation, R>(
  method: Method,
  options: RequestOptions<O>,
): Promise<R> {
  const given = options as Operation & { headers?: Record<string, string>; signal?: AbortSignal };
  const address = serverPath(fillPath(given.url, given.path) + queryString(given.query));
  const response = await send(address, method, given);
  if (!response.ok) throw await problemFrom(response);
  return (response.status === 204 ? undefined : await response.json()) as R;
}

/** A file of the API, however long it takes to arrive. */
export async function requestFile(path: string, accept: string, signal?: AbortSignal): Promise<Blob> {
  const response = await send(
    serverPath(path),
    'GET',
    { headers: { Accept: accept }, signal },
    FILE_LIMIT_MS,
  );
  if (!response.ok) throw await problemFrom(response);
  return response.blob();
}

async function send(
  address: string,
  method: Method,
  given: { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal },
  timeLimit = TIME_LIMIT_MS,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', ...given.headers };
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken;
  if (given.body !== undefined) headers['Content-Type'] = 'application/json';
  const limit = AbortSignal.timeout(timeLimit);
  try {
    return await fetch(address, {
      method,
      headers,
      body: given.body === undefined ? undefined : JSON.stringify(given.body),
      credentials: 'same-origin',
      signal: given.signal ? AbortSignal.any([given.signal, limit]) : limit,
    });
  } catch (error) {
    if (given.signal?.aborted) throw error;
    throw unreachable();
  }
}

function fillPath(url: string, path: unknown): string {
  const values = (path ?? {}) as Record<string, string | number>;
  return url.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
}

type Scalar = string | number | boolean | null | undefined;

/** Leaves out what is empty, repeats what is a list. */
function queryString(query: unknown): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, Scalar | Scalar[]>)) {
    for (const one of [value].flat()) {
      if (one !== undefined && one !== null && one !== '') search.append(name, String(one));
    }
  }
  const text = search.toString();
  return text && `?${text}`;
}

import { problemFrom, unreachable } from '@/services/problem';
import type { Operations } from '@/types/operations.generated';
import { serverPath } from '@/utils/base';

type Operation = keyof Operations;

/** What one operation takes, as its description has it. */
export type Given<O extends Operation> = Omit<Operations[O]['takes'], 'url'> & { signal?: AbortSignal };

/** What any of them takes. */
interface Sent {
  path?: Record<string, string | number>;
  query?: Record<string, Scalar | readonly Scalar[]>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

type Scalar = string | number | boolean | null | undefined;

const TIME_LIMIT_MS = 30_000;
const FILE_LIMIT_MS = 10 * 60_000;
let csrfToken = '';

/** Called with the token of /api/me/; every unsafe request carries it from then on. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/**
 * One request to the API. Answers that are not 2xx, and no answer at all, are thrown as ProblemError. What it takes
 * and answers has the types that are generated for the operation.
 */
export function request<O extends Operation>(
  operation: O,
  given: Given<O>,
): Promise<Operations[O]['answers']>;
export async function request(operation: string, given: Sent): Promise<unknown> {
  const [method = '', url = ''] = operation.split(' ');
  const response = await send(
    serverPath(fillPath(url, given.path) + queryString(given.query)),
    method,
    given,
  );
  if (!response.ok) throw await problemFrom(response);
  const answer: unknown = response.status === 204 ? undefined : await response.json();
  return answer;
}

interface FileRequest {
  path: string;
  accept: string;
  query?: Sent['query'];
  signal?: AbortSignal;
  timeLimit?: number;
  /** Told of each piece as it arrives. */
  onPiece?: (piece: Uint8Array) => void;
}

/** A file of the API, however long it takes to arrive. One that is cut off on its way is thrown as a ProblemError. */
export async function requestFile({ path, accept, onPiece, ...given }: FileRequest): Promise<Blob> {
  const { query, signal, timeLimit = FILE_LIMIT_MS } = given;
  const address = serverPath(path + queryString(query));
  const response = await send(address, 'GET', { headers: { Accept: accept }, signal }, timeLimit);
  if (!response.ok) throw await problemFrom(response);
  const watched = onPiece
    ? new Response(response.body?.pipeThrough(watching(onPiece), { signal }))
    : response;
  try {
    return await watched.blob();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable();
  }
}

function watching(onPiece: (piece: Uint8Array) => void) {
  return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (piece, passOn) => {
      onPiece(piece);
      passOn.enqueue(piece);
    },
  });
}

async function send(
  address: string,
  method: string,
  given: Sent,
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

function fillPath(url: string, path: Sent['path'] = {}): string {
  return url.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])));
}

/** Leaves out what is empty, repeats what is a list. */
function queryString(query: Sent['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) {
      if (one !== undefined && one !== null && one !== '') search.append(name, String(one));
    }
  }
  const text = search.toString();
  return text && `?${text}`;
}

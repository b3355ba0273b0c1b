import type { Me } from '@/types/api.generated';
import { request, setCsrfToken } from '@/services/http';

export type { Me };

export const meKeys = { me: ['me'] as const };

/** Who is signed in; also arms every later unsafe request with the CSRF token. Throws 401 when nobody is. */
export async function fetchMe(signal?: AbortSignal): Promise<Me> {
  const me = await request('GET /api/me/', { signal });
  setCsrfToken(me.csrf_token);
  return me;
}

export async function signIn(code: string): Promise<void> {
  await request('POST /api/auth/signin/', { body: { code } });
}

export async function signOut(): Promise<void> {
  await request('POST /api/auth/signout/', {});
  setCsrfToken('');
}

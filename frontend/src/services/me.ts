import type { Me, MeData, SigninData, SignoutData } from '@/types/api.generated';
import { request, setCsrfToken } from '@/services/http';

export type { Me };

export const meKeys = { me: ['me'] as const };

/** Who is signed in; also arms every later unsafe request with the CSRF token. Throws 401 when nobody is. */
export async function fetchMe(signal?: AbortSignal): Promise<Me> {
  const me = await request<MeData, Me>('GET', { url: '/api/me/', signal });
  setCsrfToken(me.csrf_token);
  return me;
}

export async function signIn(code: string): Promise<void> {
  await request<SigninData, unknown>('POST', { url: '/api/auth/signin/', body: { code } });
}

export async function signOut(): Promise<void> {
  await request<SignoutData, unknown>('POST', { url: '/api/auth/signout/' });
  setCsrfToken('');
}

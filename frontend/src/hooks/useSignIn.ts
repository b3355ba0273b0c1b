import { useEffect, useRef } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation, useNavigate } from 'react-router';
import { meKeys, signIn } from '@/services/me';

/**
 * Signs in with the one-time code of the address (`#code=…`), which leaves the address at once so that no history,
 * screenshot or log keeps it. Then goes to where the person wanted to be.
 */
export function useSignIn() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const location = useLocation();
  const from = fromIn(location.state);
  const code = codeIn(location.hash);
  const used = useRef<string | null>(null);
  const mutation = useMutation({
    mutationFn: signIn,
    onSuccess: async () => {
      await client.resetQueries({ queryKey: meKeys.me });
      void navigate(from, { replace: true });
    },
  });
  const { mutate } = mutation;
  useEffect(() => {
    if (!code || code === used.current) return;
    used.current = code;
    void navigate('/signin', { replace: true, state: { from } });
    mutate(code);
  }, [code, from, mutate, navigate]);
  return mutation;
}

function fromIn(state: unknown): string {
  const hasFrom = typeof state === 'object' && state !== null && 'from' in state;
  return hasFrom && typeof state.from === 'string' ? state.from : '/';
}

function codeIn(hash: string): string | null {
  return new URLSearchParams(hash.slice(1)).get('code');
}

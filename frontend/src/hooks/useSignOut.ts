import { useMutation, useQueryClient } from '@tanstack/react-query';
import { meKeys, signOut } from '@/services/me';

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meKeys.me[0] });
      void client.resetQueries({ queryKey: meKeys.me });
    },
  });
}

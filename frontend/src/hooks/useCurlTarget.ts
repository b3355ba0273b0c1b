import { useMe } from '@/hooks/useMe';
import { serverPath } from '@/utils/base';
import type { Target } from '@/utils/curl';

/** Where a command that is copied from this page goes. */
export function useCurlTarget(): Target {
  const tokenFile = useMe().data?.token_file ?? '';
  return { address: window.location.origin + serverPath(''), tokenFile };
}

import { usePageTitle } from '@/hooks/ui/usePageTitle';

export default function SignIn() {
  usePageTitle('Sign in');
  return <h1 className="text-title">Sign in</h1>;
}

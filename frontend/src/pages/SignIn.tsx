import { LoaderCircle } from 'lucide-react';
import { Navigate } from 'react-router';
import { CodeBlock } from '@/components/Common/CodeBlock';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { Mark } from '@/components/Layout/Mark';
import { usePageTitle } from '@/hooks/ui/usePageTitle';
import { useMe } from '@/hooks/useMe';
import { useSignIn } from '@/hooks/useSignIn';
import { asProblem } from '@/services/problem';

/** The door: takes the code of a sign-in link, and tells who has none how to get one. */
export default function SignIn() {
  usePageTitle('Sign in');
  const me = useMe();
  const signIn = useSignIn();
  if (signIn.isIdle && me.data) return <Navigate to="/" replace />;
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center px-4 py-12">
      <div className="flex items-center gap-3">
        <Mark size={40} />
        <h1 className="text-title">{signIn.isPending ? 'Signing in' : 'Sign in to Jobdeck'}</h1>
        {signIn.isPending && <LoaderCircle aria-hidden size={20} className="animate-spin text-muted" />}
      </div>
      {signIn.error && (
        <div className="mt-6">
          <ErrorAlert problem={asProblem(signIn.error)} />
        </div>
      )}
      {!signIn.isPending && <HowTo />}
    </main>
  );
}

function HowTo() {
  return (
    <div className="mt-6 rounded-lg border border-line bg-surface p-6">
      <p>
        There is no password: you sign in by a link that works once, within ten minutes. <code>make run</code>{' '}
        prints one at every start. To get another, run this in Jobdeck’s folder, on the machine where it runs:
      </p>
      <div className="mt-4">
        <CodeBlock>make signin</CodeBlock>
      </div>
      <p className="mt-4 text-muted">Then open the link that it prints, in this browser.</p>
    </div>
  );
}

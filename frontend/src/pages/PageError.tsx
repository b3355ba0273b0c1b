import { useRouteError } from 'react-router';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { asProblem, ProblemError } from '@/services/problem';

/** Shown instead of a page that broke while it was drawn, or whose code could not be loaded. */
export default function PageError() {
  const error = useRouteError();
  const chunkMissing = error instanceof TypeError && /import|module/i.test(error.message);
  const problem = chunkMissing
    ? new ProblemError(0, {
        title: 'This page could not be loaded',
        detail: 'Jobdeck was probably upgraded while this tab was open.',
        hint: 'Reload to get the new version.',
      })
    : asProblem(error);
  return (
    <main className="mx-auto max-w-2xl p-6">
      <ErrorAlert problem={problem} onRetry={() => window.location.reload()} />
    </main>
  );
}

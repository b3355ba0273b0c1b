import { Component, useEffect, type ReactNode } from 'react';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { asProblem, ProblemError } from '@/services/problem';
import { reloadWhenBack } from '@/services/reload';

interface Props {
  /** Another value here (the address) gives the pages below another chance. */
  resetBy?: string;
  children: ReactNode;
}

interface State {
  error: unknown;
  resetBy: string | undefined;
}

/** Shown instead of a page that broke while it was drawn, or whose code could not be loaded. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, resetBy: this.props.resetBy };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error ?? new Error('unknown') };
  }

  static getDerivedStateFromProps(props: Props, state: State): State | null {
    return props.resetBy === state.resetBy ? null : { error: null, resetBy: props.resetBy };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="mx-auto max-w-2xl p-6">
        {isMissingCode(error) ? (
          <MissingCode />
        ) : (
          <ErrorAlert problem={asProblem(error)} onRetry={() => window.location.reload()} />
        )}
      </div>
    );
  }
}

function isMissingCode(error: unknown): boolean {
  return error instanceof TypeError && /import|module/i.test(error.message);
}

const MISSING_CODE = new ProblemError(0, {
  title: 'This page could not be loaded',
  detail: 'Jobdeck cannot be reached, or was upgraded while this tab was open.',
  hint: 'It is read anew as soon as Jobdeck answers.',
});

function MissingCode() {
  useEffect(() => reloadWhenBack(), []);
  return <ErrorAlert problem={MISSING_CODE} onRetry={() => window.location.reload()} />;
}

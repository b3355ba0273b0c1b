import { Component, type ReactNode } from 'react';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { asProblem, ProblemError } from '@/services/problem';

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
    if (this.state.error === null) return this.props.children;
    return (
      <div className="mx-auto max-w-2xl p-6">
        <ErrorAlert problem={describe(this.state.error)} onRetry={() => window.location.reload()} />
      </div>
    );
  }
}

function describe(error: unknown): ProblemError {
  if (!(error instanceof TypeError && /import|module/i.test(error.message))) return asProblem(error);
  return new ProblemError(0, {
    title: 'This page could not be loaded',
    detail: 'Jobdeck was probably upgraded while this tab was open.',
    hint: 'Reload to get the new version.',
  });
}

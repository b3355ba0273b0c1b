import { RotateCw, TriangleAlert } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { CopyButton } from '@/components/Common/CopyButton';
import type { ProblemError } from '@/services/problem';

interface Props {
  problem: ProblemError;
  onRetry?: () => void;
  busy?: boolean;
}

/** What happened, why, what to do about it, and the id by which the server log knows it. */
export function ErrorAlert({ problem, onRetry, busy }: Props) {
  return (
    <div role="alert" className="flex gap-3 rounded-lg border border-failed/40 bg-failed-tint/60 p-4">
      <TriangleAlert aria-hidden size={20} className="mt-0.5 shrink-0 text-failed" />
      <div className="min-w-0 flex-1">
        <h2 className="text-failed">{problem.title}</h2>
        {problem.detail && <p className="mt-1 break-words">{problem.detail}</p>}
        {problem.fields.length > 0 && (
          <ul className="mt-1 list-disc pl-4">
            {problem.fields.map((each) => (
              <li key={each.field + each.message}>
                <b>{each.field}</b>: {each.message}
              </li>
            ))}
          </ul>
        )}
        {problem.hint && <p className="mt-1 break-words">{problem.hint}</p>}
        {problem.requestId && (
          <p className="mt-2 flex items-center gap-1 text-small">
            Request <code>{problem.requestId}</code>
            <CopyButton text={problem.requestId} label="Copy the request id" />
          </p>
        )}
      </div>
      {onRetry && (
        <Button icon={RotateCw} busy={busy} onClick={onRetry} className="shrink-0">
          Try again
        </Button>
      )}
    </div>
  );
}

import { FilterX, Layers, Plus } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { CodeBlock } from '@/components/Common/CodeBlock';
import { EmptyState } from '@/components/Common/EmptyState';
import { LinkButton } from '@/components/Common/LinkButton';
import { plural } from '@/utils/numbers';

/** Nothing was ever submitted: shows both ways to do it. */
export function NoJobsYet({ example, canSubmit }: { example: string; canSubmit: boolean }) {
  return (
    <EmptyState
      icon={Layers}
      title="No jobs yet"
      actions={
        canSubmit && (
          <LinkButton to="/jobs/new" variant="primary" icon={Plus}>
            New job
          </LinkButton>
        )
      }
    >
      {canSubmit ? (
        <>
          <p>Submit a command or a script here, or from a terminal on the machine that runs Jobdeck:</p>
          <div className="mt-4">
            <CodeBlock>{example}</CodeBlock>
          </div>
        </>
      ) : (
        <p>Your account may look but not submit. Ask the owner of this Jobdeck for another role.</p>
      )}
    </EmptyState>
  );
}

/** Jobs there are, but the filter hides all of them; `null`: of the archive nobody knows how many. */
export function AllHidden({ hidden, onClear }: { hidden: number | null; onClear: () => void }) {
  return (
    <EmptyState
      icon={FilterX}
      title={hidden === null ? 'No archived job matches' : 'No job matches'}
      actions={
        <Button variant="primary" onClick={onClear}>
          Clear the filter
        </Button>
      }
    >
      <p>
        {hidden === null
          ? 'Jobs that ended lately are in the list of live jobs.'
          : `The filter hides ${plural(hidden, 'job')}.`}
      </p>
    </EmptyState>
  );
}

/** The address leads past the last page. */
export function PastTheEnd({ onFirst }: { onFirst: () => void }) {
  return (
    <EmptyState
      icon={Layers}
      title="This page is empty"
      actions={<Button onClick={onFirst}>Go to page 1</Button>}
    >
      <p>There are fewer jobs than that.</p>
    </EmptyState>
  );
}

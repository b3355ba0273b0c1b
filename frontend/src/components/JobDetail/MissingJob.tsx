import { FileQuestion, Trash2 } from 'lucide-react';
import { EmptyState } from '@/components/Common/EmptyState';
import { LinkButton } from '@/components/Common/LinkButton';

/** There never was such a job, it was deleted, or it is not for this reader. */
export function NoSuchJob({ id }: { id: string }) {
  return (
    <>
      <h1 className="sr-only">Job #{id}</h1>
      <EmptyState
        icon={FileQuestion}
        title={`There is no job #${id}`}
        actions={<LinkButton to="/">Go to the jobs</LinkButton>}
      >
        <p>It may have been deleted, the number may be mistyped, or your account may not see it.</p>
      </EmptyState>
    </>
  );
}

/** It went while this page was open. */
export function DeletedJob({ id, name }: { id: number; name: string }) {
  return (
    <>
      <h1 className="sr-only">Job #{id}</h1>
      <EmptyState
        icon={Trash2}
        title={`${name} was deleted`}
        actions={<LinkButton to="/">Go to the jobs</LinkButton>}
      >
        <p>Job #{id} was deleted with its history, results and logs while this page was open.</p>
      </EmptyState>
    </>
  );
}

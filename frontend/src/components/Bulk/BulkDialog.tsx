import { useState, type FormEvent } from 'react';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { FormDialog } from '@/components/JobDetail/FormDialog';
import { Field, INPUT } from '@/components/JobForm/Field';
import { Split } from '@/components/Operations/Split';
import { Skeleton } from '@/components/Common/Skeleton';
import { RelativeTime } from '@/components/Common/RelativeTime';
import type { Doing, Members, OperationPreview } from '@/services/operations';
import type { ProblemError } from '@/services/problem';
import { plural } from '@/utils/numbers';
import { acting, DOINGS } from '@/utils/operations';
import { STATUSES } from '@/utils/status';

type Arguments = NonNullable<Members['arguments']>;

interface Props {
  doing: Doing;
  /** What is typed in so far; undefined while something is missing. */
  onArguments: (given: Arguments | undefined) => void;
  preview: OperationPreview | undefined;
  problem: ProblemError | null;
  loading: boolean;
  busy: boolean;
  onBegin: () => void;
  onClose: () => void;
}

/** Says exactly what would happen to how many jobs before it is begun. */
export function BulkDialog({ doing, onArguments, preview, problem, loading, busy, onBegin, onClose }: Props) {
  const begin = (event: FormEvent) => {
    event.preventDefault();
    if (preview && !busy) onBegin();
  };
  const touched = preview?.split ? acting(preview.split) : null;
  const verb = touched === null ? DOINGS[doing].verb : `${DOINGS[doing].verb}: ${plural(touched, 'job')}`;
  return (
    <FormDialog
      title={`${DOINGS[doing].verb}?`}
      submit={verb}
      danger={preview?.reversible === false}
      leave="Do nothing"
      busy={busy}
      onSubmit={begin}
      onClose={onClose}
    >
      <Inputs doing={doing} onArguments={onArguments} />
      {problem && <ErrorAlert problem={problem} />}
      {loading && <Skeleton className="h-12 w-full" />}
      {preview && !loading && <Previewed preview={preview} />}
    </FormDialog>
  );
}

function Previewed({ preview }: { preview: OperationPreview }) {
  return (
    <div className="grid gap-3">
      {preview.split ? (
        <Split split={preview.split} />
      ) : (
        <p>These are too many jobs to count at once. They are counted as it goes on; it can be stopped.</p>
      )}
      <p className="text-muted">
        As of <RelativeTime at={preview.as_of} />. Jobs that come later are left alone.{' '}
        {preview.reversible ? 'It can be undone.' : 'This cannot be undone.'}
        {preview.starts_after > 0 &&
          ` It begins after ${preview.starts_after} s; until then it can be stopped.`}
      </p>
    </div>
  );
}

function Inputs({ doing, onArguments }: Pick<Props, 'doing' | 'onArguments'>) {
  if (doing === 'set_priority') return <PriorityInput onArguments={onArguments} />;
  if (doing === 'add_tags' || doing === 'remove_tags') return <TagsInput onArguments={onArguments} />;
  if (doing === 'report') return <ReportInput onArguments={onArguments} />;
  return null;
}

function PriorityInput({ onArguments }: Pick<Props, 'onArguments'>) {
  return (
    <Field label="Priority" hint="10 is the most urgent.">
      {(control) => (
        <select
          {...control}
          className={INPUT}
          defaultValue=""
          onChange={({ target }) => onArguments({ priority: Number(target.value) })}
        >
          <option value="" disabled>
            Choose one
          </option>
          {Array.from({ length: 10 }, (_, index) => 10 - index).map((priority) => (
            <option key={priority}>{priority}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

function TagsInput({ onArguments }: Pick<Props, 'onArguments'>) {
  const [text, setText] = useState('');
  const settle = () => {
    const tags = text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean);
    onArguments(tags.length > 0 ? { tags } : undefined);
  };
  return (
    <Field label="Tags" hint="Separated by commas.">
      {(control) => (
        <input
          {...control}
          className={INPUT}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onBlur={settle}
          onKeyDown={(event) => event.key === 'Enter' && settle()}
        />
      )}
    </Field>
  );
}

function ReportInput({ onArguments }: Pick<Props, 'onArguments'>) {
  return (
    <Field label="Status" hint="Of tracked jobs only: Jobdeck itself knows how the others stand.">
      {(control) => (
        <select
          {...control}
          className={INPUT}
          defaultValue=""
          onChange={({ target }) => {
            const status = STATUSES.find((one) => one === target.value);
            onArguments(status && { status_type: status });
          }}
        >
          <option value="" disabled>
            Choose one
          </option>
          {STATUSES.filter((status) => status !== 'PENDING').map((status) => (
            <option key={status}>{status}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

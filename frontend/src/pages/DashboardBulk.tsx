import { useState } from 'react';
import { BulkBar } from '@/components/Bulk/BulkBar';
import { BulkDialog } from '@/components/Bulk/BulkDialog';
import { useBeginOperation, usePreview } from '@/hooks/useOperations';
import type { Ticked } from '@/utils/ticked';
import type { JobQuery } from '@/services/jobs';
import { selectionOf, type Doing, type Members } from '@/services/operations';
import { asProblem } from '@/services/problem';

interface Props {
  ticked: Ticked;
  query: JobQuery;
  matching: string;
}

/** The bar of the ticked jobs and the question before something is done with them. */
export default function DashboardBulk({ ticked, query, matching }: Props) {
  const [doing, setDoing] = useState<Doing | null>(null);
  const members = ticked.everything ? { selection: selectionOf(query) } : { ids: [...ticked.ids] };
  return (
    <>
      <BulkBar
        ticked={ticked.ids.size}
        everything={ticked.everything}
        matching={matching}
        onEverything={ticked.chooseEverything}
        onClear={ticked.clear}
        onDo={setDoing}
      />
      {doing && (
        <Question
          doing={doing}
          members={members}
          onClose={() => setDoing(null)}
          onBegun={() => {
            setDoing(null);
            ticked.clear();
          }}
        />
      )}
    </>
  );
}

const NEEDS_ARGUMENTS: Doing[] = ['set_priority', 'add_tags', 'remove_tags', 'report'];

interface QuestionProps {
  doing: Doing;
  members: Pick<Members, 'ids' | 'selection'>;
  onClose: () => void;
  onBegun: () => void;
}

function Question({ doing, members, onClose, onBegun }: QuestionProps) {
  const [given, setGiven] = useState<Members['arguments']>();
  const said: Members = { action: doing, ...members, ...(given && { arguments: given }) };
  const ready = !NEEDS_ARGUMENTS.includes(doing) || given !== undefined;
  const preview = usePreview(said, ready);
  const begin = useBeginOperation(onBegun);
  return (
    <BulkDialog
      doing={doing}
      onArguments={setGiven}
      preview={ready ? preview.data : undefined}
      problem={preview.error ? asProblem(preview.error) : null}
      loading={preview.isFetching}
      busy={begin.isPending}
      onBegin={() => preview.data && begin.mutate({ said, preview: preview.data.token })}
      onClose={onClose}
    />
  );
}

import { Braces, Download } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { CopyButton } from '@/components/Common/CopyButton';
import { EmptyState } from '@/components/Common/EmptyState';
import { Panel } from '@/components/Common/Panel';
import { JsonTree } from '@/components/JobDetail/JsonTree';
import { findPictures, pictureLabel } from '@/utils/pictures';

interface Props {
  result: unknown;
  ended: boolean;
  onDownload: () => void;
}

/** What the job gave: its pictures first, then all of it as a tree. */
export function ResultView({ result, ended, onDownload }: Props) {
  if (result === null || result === undefined) {
    return (
      <EmptyState icon={Braces} title={ended ? 'It left no result' : 'No result yet'}>
        <p>
          A job leaves a result by writing JSON into the file that <code>$JOBDECK_RESULT</code> names.
          Pictures can be in it as <code>data:image/png;base64,…</code>
        </p>
      </EmptyState>
    );
  }
  const pictures = findPictures(result);
  return (
    <div className="grid grid-cols-1 gap-4">
      {pictures.map(({ path, uri }) => (
        <figure key={path} className="overflow-hidden rounded-lg border border-line bg-surface">
          <img
            src={uri}
            alt={path ? `Picture “${path}” of the result` : 'The result, a picture'}
            className="mx-auto max-h-[70dvh] max-w-full [image-rendering:auto]"
          />
          <figcaption className="flex min-h-10 items-center justify-between gap-2 border-t border-line px-4">
            <code>{path || 'result'}</code>
            <a
              href={uri}
              download={`${path || 'result'}.${pictureLabel(uri).kind.toLowerCase()}`}
              className="inline-flex h-6 items-center gap-1"
            >
              <Download aria-hidden size={16} /> Save
            </a>
          </figcaption>
        </figure>
      ))}
      <Panel
        title="Result"
        aside={
          <span className="flex items-center gap-1">
            <CopyButton text={JSON.stringify(result, null, 2)} label="Copy the JSON" />
            <Button variant="quiet" icon={Download} onClick={onDownload}>
              Save
            </Button>
          </span>
        }
      >
        <div className="overflow-x-auto p-4">
          <JsonTree value={result} />
        </div>
      </Panel>
    </div>
  );
}

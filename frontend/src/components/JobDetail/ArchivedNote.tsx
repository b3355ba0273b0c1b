import { Archive, ArchiveRestore } from 'lucide-react';
import { Button } from '@/components/Common/Button';
import { RelativeTime } from '@/components/Common/RelativeTime';
import type { Job } from '@/services/jobs';

interface Props {
  job: Job;
  busy: boolean;
  onRestore: () => void;
}

/** Says of an archived job that it is one, and offers the way back. */
export function ArchivedNote({ job, busy, onRestore }: Props) {
  if (!job.archived_at) return null;
  return (
    <section
      aria-label="Archived"
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 rounded-lg border border-line bg-sunken px-4 py-3"
    >
      <p className="flex min-w-0 items-start gap-2">
        <Archive aria-hidden size={20} className="shrink-0 text-muted" />
        <span>
          Archived <RelativeTime at={job.archived_at} />. It is in no list or total until it is restored.
        </span>
      </p>
      {job.actions.includes('restore') && (
        <Button icon={ArchiveRestore} busy={busy} onClick={onRestore}>
          Restore
        </Button>
      )}
    </section>
  );
}

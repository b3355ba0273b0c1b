import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { DetailAction } from '@/components/JobDetail/JobButtons';
import { useToasts } from '@/contexts/ToastContext';
import { useCancelJob } from '@/hooks/useCancelJob';
import { useDeleteJob } from '@/hooks/useDeleteJob';
import { useRestoreJob } from '@/hooks/useRestoreJob';
import { useRetryJob } from '@/hooks/useRetryJob';
import { useUpdateJob } from '@/hooks/useUpdateJob';
import { useJob } from '@/hooks/useJob';
import type { JobDetail, JobPatch } from '@/services/jobs';
import { asProblem } from '@/services/problem';
import { copyText } from '@/utils/clipboard';
import { curlCreate } from '@/utils/curl';
import { submissionOf } from '@/utils/submission';
import { useCurlTarget } from '@/hooks/useCurlTarget';

const ConfirmAction = lazy(() => import('@/components/JobList/ConfirmAction'));
// The forms bring their validation with them, which the page itself has no use for.
const EditDialog = lazy(async () => ({
  default: (await import('@/components/JobDetail/EditDialog')).EditDialog,
}));
const StatusDialog = lazy(async () => ({
  default: (await import('@/components/JobDetail/StatusDialog')).StatusDialog,
}));

type Asking = 'cancel' | 'delete' | 'edit' | 'report' | null;

interface DetailActions {
  run: (action: DetailAction) => void;
  busy: boolean;
  restoring: boolean;
  dialogs: ReactNode;
}

/** What the buttons of a job's page do, and the dialogs that some of them need. */
export function useDetailActions(job: JobDetail): DetailActions {
  const navigate = useNavigate();
  const cancel = useCancelJob();
  const retry = useRetryJob();
  const restore = useRestoreJob();
  const remove = useDeleteJob();
  const copyCurl = useCopyCurl(job);
  const [asking, setAsking] = useState<Asking>(null);
  const run = (action: DetailAction) => {
    if (action === 'retry') retry.mutate(job);
    else if (action === 'restore') restore.mutate(job);
    else if (action === 'curl') copyCurl();
    else if (action === 'resubmit') void navigate(`/jobs/new?from=${job.id}`);
    else if (action === 'cancel' && job.status === 'PENDING') cancel.mutate(job);
    else setAsking(action);
  };
  const close = () => setAsking(null);
  const confirm = () => {
    if (asking === 'delete') remove.mutate(job, { onSuccess: () => void navigate('/'), onError: close });
    else {
      cancel.mutate(job);
      close();
    }
  };
  return {
    run,
    busy: cancel.isPending || retry.isPending,
    restoring: restore.isPending,
    dialogs: (
      <>
        <Suspense>
          {(asking === 'cancel' || asking === 'delete') && (
            <ConfirmAction
              action={asking}
              job={job}
              busy={remove.isPending}
              onConfirm={confirm}
              onClose={close}
            />
          )}
          {asking === 'edit' && <Edit job={job} onClose={close} />}
          {asking === 'report' && <Report job={job} onClose={close} />}
        </Suspense>
      </>
    ),
  };
}

interface DialogProps {
  job: JobDetail;
  onClose: () => void;
}

function Edit({ job, onClose }: DialogProps) {
  const update = useUpdateJob();
  const { refetch } = useJob(job.id);
  const { show } = useToasts();
  return (
    <EditDialog
      job={job}
      busy={update.isPending}
      problem={update.error ? asProblem(update.error) : null}
      onClose={onClose}
      onSave={(change, version) =>
        update.mutate(
          { id: job.id, change, version },
          {
            onSuccess: () => {
              show({ tone: 'done', title: 'Saved' });
              onClose();
            },
            // The dialog compares with the newest, so that it can say what the other one changed.
            onError: (error) => void (asProblem(error).status === 412 && refetch()),
          },
        )
      }
    />
  );
}

function Report({ job, onClose }: DialogProps) {
  const update = useUpdateJob();
  const { show } = useToasts();
  const report = (change: JobPatch) =>
    update.mutate(
      { id: job.id, change, version: job.version },
      {
        onSuccess: ({ status }) => {
          show({ tone: 'done', title: `Reported: ${status.toLowerCase()}` });
          onClose();
        },
      },
    );
  return (
    <StatusDialog
      job={job}
      busy={update.isPending}
      problem={update.error ? asProblem(update.error) : null}
      onReport={report}
      onClose={onClose}
    />
  );
}

function useCopyCurl(job: JobDetail): () => void {
  const target = useCurlTarget();
  const { show } = useToasts();
  return () => {
    const command = curlCreate(target, submissionOf(job, new Date()));
    void copyText(command).then((copied) =>
      show(
        copied
          ? { tone: 'done', title: 'Copied as curl', detail: 'It submits the same job again.' }
          : { tone: 'failed', title: 'The browser refused to copy' },
      ),
    );
  };
}

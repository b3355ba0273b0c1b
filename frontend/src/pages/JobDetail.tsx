import { useParams } from 'react-router';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { JobDetailSkeleton } from '@/components/JobDetail/JobDetailSkeleton';
import { DeletedJob, NoSuchJob } from '@/components/JobDetail/MissingJob';
import { usePageTitle } from '@/hooks/ui/usePageTitle';
import { useJob } from '@/hooks/useJob';
import { useLiveJob } from '@/hooks/useLiveUpdates';
import { JobDetailView } from '@/pages/JobDetailView';
import { asProblem } from '@/services/problem';

/** One job, from what matters most about it down to its last setting. */
export default function JobDetail() {
  const { id = '' } = useParams();
  // The largest id that a number can hold exactly; beyond it there are none anyway.
  const isId = /^[1-9]\d{0,15}$/.test(id) && Number.isSafeInteger(Number(id));
  return isId ? <KnownJob key={id} id={Number(id)} /> : <Missing id={id} />;
}

function KnownJob({ id }: { id: number }) {
  const job = useJob(id);
  useLiveJob(id);
  usePageTitle(job.data ? `${job.data.name} · #${id}` : `Job #${id}`);
  const problem = job.error ? asProblem(job.error) : null;
  if (problem?.status === 404) {
    return job.data ? <DeletedJob id={id} name={job.data.name} /> : <NoSuchJob id={String(id)} />;
  }
  if (job.data) {
    return (
      <div className="grid grid-cols-1 gap-4">
        {problem && <ErrorAlert problem={problem} onRetry={() => void job.refetch()} busy={job.isFetching} />}
        <JobDetailView job={job.data} />
      </div>
    );
  }
  if (problem) {
    return <ErrorAlert problem={problem} onRetry={() => void job.refetch()} busy={job.isFetching} />;
  }
  return <JobDetailSkeleton />;
}

function Missing({ id }: { id: string }) {
  usePageTitle('No such job');
  return <NoSuchJob id={id} />;
}

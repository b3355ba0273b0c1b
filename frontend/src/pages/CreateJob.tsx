import { useRef, useState } from 'react';
import { LockKeyhole } from 'lucide-react';
import { useNavigate, useSearchParams } from 'react-router';
import { EmptyState } from '@/components/Common/EmptyState';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { JobForm } from '@/components/JobForm/JobForm';
import { JobFormSkeleton } from '@/components/JobForm/JobFormSkeleton';
import { useToasts } from '@/contexts/ToastContext';
import { usePageTitle } from '@/hooks/ui/usePageTitle';
import { useCreateJob } from '@/hooks/useCreateJob';
import { useJob } from '@/hooks/useJob';
import { useMe } from '@/hooks/useMe';
import { asProblem } from '@/services/problem';
import { copyText } from '@/utils/clipboard';
import { curlCreate } from '@/utils/curl';
import { IdempotencyKeys } from '@/utils/idempotency';
import { EMPTY_JOB, toBody, valuesOf, type JobValues } from '@/utils/submission';
import { useCurlTarget } from '@/hooks/useCurlTarget';

/** Submits a job; with ?from=ID the form starts as that job was submitted. */
export default function CreateJob() {
  usePageTitle('New job');
  const [params] = useSearchParams();
  const from = Number(params.get('from'));
  const canSubmit = useMe().data?.can_submit ?? true;
  if (!canSubmit) {
    return (
      <EmptyState icon={LockKeyhole} title="Your account may not submit jobs">
        <p>It may look at them. Ask the owner of this Jobdeck for another role.</p>
      </EmptyState>
    );
  }
  return Number.isInteger(from) && from > 0 ? (
    <Resubmit key={from} id={from} />
  ) : (
    <Create defaults={EMPTY_JOB} />
  );
}

function Resubmit({ id }: { id: number }) {
  const job = useJob(id);
  const { data } = job;
  // What arrives later must not replace what was typed meanwhile, so only the first answer counts.
  const [defaults, setDefaults] = useState<JobValues | null>(null);
  if (data && !defaults) setDefaults(valuesOf(data, new Date()));
  if (defaults) return <Create defaults={defaults} />;
  if (job.error) {
    return (
      <ErrorAlert problem={asProblem(job.error)} onRetry={() => void job.refetch()} busy={job.isFetching} />
    );
  }
  return <JobFormSkeleton />;
}

function Create({ defaults }: { defaults: JobValues }) {
  const navigate = useNavigate();
  const { show } = useToasts();
  const create = useCreateJob();
  const target = useCurlTarget();
  const keys = useRef(new IdempotencyKeys());
  const submit = (values: JobValues) => {
    const body = toBody(values);
    create.mutate(
      { body, key: keys.current.keyFor(body) },
      {
        onSuccess: (job) => {
          show({ tone: 'done', title: `Submitted ${job.name}` });
          void navigate(`/jobs/${job.id}`);
        },
      },
    );
  };
  const copy = async (values: JobValues) => {
    const copied = await copyText(curlCreate(target, toBody(values)));
    show(
      copied
        ? {
            tone: 'done',
            title: 'Copied as curl',
            detail: 'It reads the token on the machine that runs Jobdeck.',
          }
        : { tone: 'failed', title: 'The browser refused to copy' },
    );
  };
  return (
    <JobForm
      defaults={defaults}
      busy={create.isPending}
      problem={create.error ? asProblem(create.error) : null}
      onSubmit={submit}
      onCopy={(values) => void copy(values)}
    />
  );
}

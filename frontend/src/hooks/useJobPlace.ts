import { useCallback } from 'react';
import { useLocation, useNavigate } from 'react-router';
import type { JobDetail, Stream } from '@/services/jobs';

/** What a job's page has, in the order in which it is shown. */
export const TABS = ['log', 'result', 'history', 'attempts', 'dependencies', 'details'] as const;
export type PlaceTab = (typeof TABS)[number];

/** What of a job the address shows: a tab, and within its log an attempt, a stream and a line. */
export interface JobPlace {
  tab: PlaceTab;
  attempt: number;
  stream: Stream;
  line: number | null;
}

/** Bytes: hardly more than the last lines that stand with the cause. */
const SHORT_LOG = 600;

export function useJobPlace(job: JobDetail) {
  const navigate = useNavigate();
  const location = useLocation();
  const place = parse(job, location.search, location.hash);
  /** Goes elsewhere within the page. Each is a step that Back takes back. */
  const go = useCallback(
    (change: Partial<JobPlace>) => {
      void navigate(addressOf(window.location.search, change), { preventScrollReset: true });
    },
    [navigate],
  );
  return { place, go };
}

/** The address of a place, relative to the job's page. */
export function addressOf(search: string, change: Partial<JobPlace>): string {
  const params = new URLSearchParams(search);
  if (change.tab) params.set('tab', change.tab);
  if (change.stream) params.set('stream', change.stream);
  if (change.attempt) params.set('attempt', String(change.attempt));
  return `?${params.toString()}${change.line ? `#L${change.line}` : ''}`;
}

function parse(job: JobDetail, search: string, hash: string): JobPlace {
  const params = new URLSearchParams(search);
  const tab = TABS.find((each) => each === params.get('tab'));
  const attempts = job.attempts.map((each) => each.number);
  const asked = Number(params.get('attempt'));
  const attempt = attempts.includes(asked) ? asked : (attempts.at(-1) ?? job.attempt);
  const stream = params.get('stream');
  const line = /^#L([1-9]\d{0,8})$/.exec(hash);
  return {
    tab: tab ?? (line && job.kind === 'run' ? 'log' : firstTab(job)),
    attempt,
    stream: stream === 'stdout' || stream === 'stderr' ? stream : firstStream(job, attempt),
    line: line ? Number(line[1]) : null,
  };
}

/**
 * What is looked for first: the jobs that hold it up, the log while it runs and where it failed, the result once
 * there is one. A log so short that all of it stands with the cause is not shown twice: below it is what was run.
 */
function firstTab(job: JobDetail): PlaceTab {
  if (job.waiting_for?.code === 'dependencies' || job.reason === 'dependency_failed') return 'dependencies';
  if (job.status === 'COMPLETED' && job.result_data !== null) return 'result';
  if (job.kind === 'tracked') return 'history';
  const last = job.attempts.at(-1);
  if (!last) return 'details';
  const written = last.log_sizes[firstStream(job, last.number)];
  return job.status === 'FAILED' && last.log_complete && written <= SHORT_LOG ? 'details' : 'log';
}

function firstStream(job: JobDetail, attempt: number): Stream {
  const found = job.attempts.find((each) => each.number === attempt);
  const { stdout = 0, stderr = 0 } = found?.log_sizes ?? {};
  const bad = found !== undefined && found.ended_at !== null && found.reason !== '';
  return stderr > 0 && (bad || stdout === 0) ? 'stderr' : 'stdout';
}

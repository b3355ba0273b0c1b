import type { Action, Attempt, Job, JobDetail, JobStatus, Status, WaitingFor } from '@/services/jobs';

let nextId = 1;
const CREATED = '2026-11-23T20:00:00Z';
const STARTED = '2026-11-23T20:00:05Z';
const ENDED = '2026-11-23T20:01:05Z';

export function statusFactory(status_type: Status, over: Partial<JobStatus> = {}): JobStatus {
  return { id: nextId++, status_type, timestamp: CREATED, message: '', progress: null, attempt: 1, ...over };
}

/** What the API would offer to somebody who may act on the job. */
function actionsOf({ status, kind, cancel_requested_at }: Partial<Job>): Action[] {
  const tracked: Action[] = kind === 'tracked' ? ['report'] : [];
  if (status === 'PENDING') return ['cancel', 'edit', ...tracked, 'delete', 'resubmit'];
  if (status !== 'RUNNING') return ['retry', 'delete', 'resubmit'];
  if (kind === 'tracked') return ['cancel', 'edit', 'report', 'resubmit'];
  return cancel_requested_at ? ['resubmit'] : ['cancel', 'resubmit'];
}

export function waitingFactory(over: Partial<WaitingFor> = {}): WaitingFor {
  return { code: 'queued', until: null, ahead: null, ahead_kind: null, would_fit: null, ...over };
}

function make(status: Status, over: Partial<Job>): Job {
  const id = over.id ?? nextId++;
  return {
    id,
    name: `job-${id}`,
    description: '',
    priority: 5,
    created_at: CREATED,
    updated_at: CREATED,
    scheduled_at: null,
    completed_at: null,
    error_message: '',
    result_data: null,
    result_omitted: false,
    resource_requirements: {},
    status,
    status_message: '',
    progress: null,
    status_changed_at: CREATED,
    kind: 'run',
    latest_status: statusFactory(status),
    status_history_count: 1,
    execution_time: null,
    command: 'python train.py',
    working_directory: '',
    queue: 'default',
    tags: [],
    owner: 'ada',
    executor: 'local',
    max_attempts: 1,
    retry_delay: 5,
    retry_on_lost: true,
    timeout: null,
    attempt: 1,
    attempts_used: 0,
    available_at: CREATED,
    started_at: null,
    exit_code: null,
    signal: null,
    reason: '',
    cancel_requested_at: null,
    cancel_requested_by: '',
    archived_at: null,
    version: 1,
    waiting_for: null,
    actions: actionsOf({ status, ...over }),
    ...over,
  };
}

const running: Partial<Job> = { started_at: STARTED, progress: 42, execution_time: 60 };
const ended: Partial<Job> = {
  started_at: STARTED,
  completed_at: ENDED,
  execution_time: 60,
  attempts_used: 1,
};

/** Jobs by state. */
export const jobFactory = {
  archived: (over: Partial<Job> = {}) =>
    make('COMPLETED', {
      ...ended,
      exit_code: 0,
      archived_at: ENDED,
      actions: ['retry', 'delete', 'resubmit', 'restore'],
      ...over,
    }),
  pending: (over: Partial<Job> = {}) => make('PENDING', { waiting_for: waitingFactory(), ...over }),
  running: (over: Partial<Job> = {}) => make('RUNNING', { ...running, ...over }),
  cancelling: (over: Partial<Job> = {}) =>
    make('RUNNING', { ...running, cancel_requested_at: ENDED, cancel_requested_by: 'ada', ...over }),
  completed: (over: Partial<Job> = {}) =>
    make('COMPLETED', { ...ended, progress: 100, exit_code: 0, ...over }),
  failed: (over: Partial<Job> = {}) =>
    make('FAILED', {
      ...ended,
      exit_code: 3,
      reason: 'exit_code',
      error_message: 'ValueError: no such column',
      ...over,
    }),
  cancelled: (over: Partial<Job> = {}) => make('CANCELLED', { ...ended, reason: 'cancelled', ...over }),
  tracked: (over: Partial<Job> = {}) =>
    make('PENDING', {
      kind: 'tracked',
      command: '',
      waiting_for: waitingFactory({ code: 'program' }),
      ...over,
    }),
};

export function attemptFactory(over: Partial<Attempt> = {}): Attempt {
  return {
    id: nextId++,
    number: 1,
    dispatched_at: null,
    worker: 'worker-1',
    started_at: STARTED,
    ended_at: null,
    exit_code: null,
    signal: null,
    reason: '',
    error_message: '',
    result_data: null,
    result_omitted: false,
    usage: null,
    receipt: null,
    log_sizes: { stdout: 0, stderr: 0 },
    log_complete: false,
    ...over,
  };
}

export function detailOf(job: Job, over: Partial<JobDetail> = {}): JobDetail {
  return {
    ...job,
    environment: {},
    depends_on: [],
    statuses: [statusFactory('PENDING'), job.latest_status],
    statuses_truncated: false,
    attempts:
      job.status === 'PENDING' ? [] : [attemptFactory({ exit_code: job.exit_code, reason: job.reason })],
    reportable: job.actions.includes('report') ? ['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'] : [],
    ...over,
  };
}

import type { Operation, OperationPreview, OutcomeCount } from '@/services/operations';
import type { Me } from '@/services/me';
import type { Stats, StatsBucket } from '@/services/stats';
import type { Worker } from '@/services/workers';

export function meFactory(over: Partial<Me> = {}): Me {
  return {
    authenticated: true,
    username: 'ada',
    role: 'admin',
    can_submit: true,
    csrf_token: 'csrf-1',
    version: '0.1.0',
    prefix: '',
    auth: 'on',
    token_file: '/srv/jobdeck/token',
    ...over,
  };
}

export function statsFactory(over: Partial<Stats> = {}): Stats {
  return {
    as_of: '2026-11-23T20:00:00Z',
    range: { from: '2026-11-22T20:00:00Z', to: '2026-11-23T20:00:00Z' },
    total: 16,
    by_status: { PENDING: 3, RUNNING: 2, COMPLETED: 6, FAILED: 4, CANCELLED: 1 },
    bucket: 'hour',
    zone: 'UTC',
    by_queue: [],
    queues: 0,
    by_owner: [],
    owners: 0,
    ...happened,
    success_rate: 0.6,
    average_execution_time: 61.5,
    series: [],
    ...over,
  };
}

const happened = {
  submitted: 16,
  started: 12,
  retried: 1,
  completed: 6,
  failed: 4,
  cancelled: 1,
  execution_time: { average: 61.5, p50: 40, p90: 120, p99: 300 },
  failed_after: { average: 33.5, p50: 20, p90: 90, p99: 150 },
  cancelled_after: { average: 5, p50: 5, p90: 5, p99: 5 },
  waiting_time: { average: 2.5, p50: 1, p90: 8, p99: 20 },
};
const NOTHING = { average: null, p50: null, p90: null, p99: null };

/** One bucket of a series, in which nothing happened unless the test says so. */
export function bucketFactory(over: Partial<StatsBucket> = {}): StatsBucket {
  return {
    from: '2026-11-23T18:00:00Z',
    to: '2026-11-23T19:00:00Z',
    submitted: 0,
    started: 0,
    retried: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
    pending: 0,
    running: 0,
    execution_time: NOTHING,
    failed_after: NOTHING,
    cancelled_after: NOTHING,
    waiting_time: NOTHING,
    ...over,
  };
}

export function workerFactory(over: Partial<Worker> = {}): Worker {
  return {
    id: '6f0a3c52-0000-4000-8000-000000000001',
    name: 'worker-1',
    host: 'bench',
    state: 'active',
    started_at: '2026-11-23T08:00:00Z',
    heartbeat_at: '2026-11-23T20:00:00Z',
    capacity: { cpus: 8, memory_mb: 16_000 },
    labels: {},
    limits: { memory: true, cpu: true, pids: true },
    executors: { local: {} },
    version: '0.1.0',
    running: 0,
    ...over,
  };
}

const SPLIT: OutcomeCount[] = [
  { outcome: 'cancelled', jobs: 4212, acts: true, says: 'waiting: cancelled at once' },
  { outcome: 'ended', jobs: 88, acts: false, says: 'skipped: ended' },
];

export function previewFactory(over: Partial<OperationPreview> = {}): OperationPreview {
  return {
    action: 'cancel',
    as_of: '2026-11-23T20:00:00Z',
    total: 4300,
    split: SPLIT,
    reversible: true,
    starts_after: 0,
    token: 'token',
    ...over,
  };
}

export function operationFactory(over: Partial<Operation> = {}): Operation {
  return {
    id: 1,
    action: 'cancel',
    arguments: {},
    owner: 'owner',
    state: 'running',
    error: '',
    as_of: '2026-11-23T20:00:00Z',
    selection: {},
    ids: null,
    undoes: null,
    undone_by: null,
    expected: SPLIT,
    total: 4300,
    handled: 0,
    outcomes: [],
    jobs_per_second: null,
    created_at: '2026-11-23T20:00:00Z',
    starts_at: '2026-11-23T20:00:00Z',
    updated_at: '2026-11-23T20:00:00Z',
    ended_at: null,
    rate: null,
    left: 4300,
    can_abort: true,
    can_undo: false,
    ...over,
  };
}

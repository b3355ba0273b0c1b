import type { Me } from '@/services/me';
import type { Stats } from '@/services/stats';
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
    by_queue: [],
    ended: { completed: 6, failed: 4, cancelled: 1 },
    average_execution_time: 61.5,
    percentiles: { p50: 40, p90: 120, p99: 300 },
    throughput_per_hour: [],
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

import { bytes, count } from '@/utils/numbers';

const MIB = 1024 * 1024;

/** "8 CPUs, 15.6 GiB", and whatever else a worker says that it has. */
export function capacityOf(capacity: Record<string, unknown>): string {
  const told = Object.entries(capacity).flatMap(([resource, amount]) =>
    typeof amount === 'number' && amount > 0 ? [tell(resource, amount)] : [],
  );
  return told.join(', ') || 'not reported';
}

function tell(resource: string, amount: number): string {
  if (resource === 'memory_mb') return `${bytes(amount * MIB)} memory`;
  if (resource === 'disk_mb') return `${bytes(amount * MIB)} disk`;
  const word = { cpus: 'CPU', gpus: 'GPU' }[resource] ?? resource;
  return `${count(amount)} ${word}${amount === 1 || word === resource ? '' : 's'}`;
}

/** "memory, CPU": the limits that the worker can hold its jobs to. */
export function enforcedBy(limits: Record<string, unknown>): string {
  const names = Object.entries(limits).flatMap(([limit, can]) =>
    can === true ? [LIMITS[limit] ?? limit] : [],
  );
  return names.join(', ') || 'wall time only';
}

const LIMITS: Record<string, string> = { memory: 'memory', cpu: 'CPU', pids: 'processes' };

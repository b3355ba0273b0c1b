import { bytes } from '@/utils/numbers';
import { duration } from '@/utils/time';

const MIB = 1024 * 1024;

/** What an attempt used, in words; a dash where it was not measured. */
export function usageOf(usage: Record<string, unknown> | null): { memory: string; cpu: string; io: string } {
  const memory = figure(usage?.max_rss_mb);
  const cpu = figure(usage?.cpu_seconds);
  const read = figure(usage?.read_mb);
  const written = figure(usage?.write_mb);
  return {
    memory: memory === null ? '–' : bytes(memory * MIB),
    cpu: cpu === null ? '–' : duration(cpu),
    io: read === null || written === null ? '–' : `${bytes(read * MIB)} / ${bytes(written * MIB)}`,
  };
}

function figure(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

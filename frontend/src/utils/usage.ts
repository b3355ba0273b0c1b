import type { Usage } from '@/types/api.generated';
import { bytes } from '@/utils/numbers';
import { duration } from '@/utils/time';

const MIB = 1024 * 1024;

/** What an attempt used, in words; dashes where that was not measured. */
export function usageOf(usage: Usage | null): { memory: string; cpu: string; io: string } {
  if (usage === null) return { memory: '–', cpu: '–', io: '–' };
  return {
    memory: bytes(usage.max_rss_mb * MIB),
    cpu: duration(usage.cpu_seconds),
    io: `${bytes(usage.read_mb * MIB)} / ${bytes(usage.write_mb * MIB)}`,
  };
}

import type { Usage } from '@/types/api.generated';
import { bytes } from '@/utils/numbers';
import { duration } from '@/utils/time';

const MIB = 1024 * 1024;

/** What an attempt used, in words. */
export function usageOf(usage: Usage): { memory: string; cpu: string; io: string } {
  return {
    memory: bytes(usage.max_rss_mb * MIB),
    cpu: duration(usage.cpu_seconds),
    io: `${bytes(usage.read_mb * MIB)} / ${bytes(usage.write_mb * MIB)}`,
  };
}

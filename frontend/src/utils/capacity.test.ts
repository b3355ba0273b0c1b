import { capacityOf, enforcedBy } from '@/utils/capacity';

test('a capacity is told with units, and what is unknown by its own name', () => {
  expect(capacityOf({ cpus: 1, memory_mb: 16_384 })).toBe('1 CPU, 16.0 GiB memory');
  expect(capacityOf({ cpus: 8, gpus: 2, licences: 4 })).toBe('8 CPUs, 2 GPUs, 4 licences');
  expect(capacityOf({})).toBe('not reported');
});

test('only limits that can be held are named', () => {
  expect(enforcedBy({ memory: true, cpu: true, pids: false })).toBe('memory, CPU');
  expect(enforcedBy({ memory: false, cpu: false, pids: false })).toBe('wall time only');
});

const grouped = new Intl.NumberFormat('en');
const compacted = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** 12,345 */
export function count(value: number): string {
  return grouped.format(value);
}

/** 12.3K, for narrow places that show the exact number elsewhere. */
export function compactCount(value: number): string {
  return compacted.format(value);
}

/** 98.7 %; never 100 % of what is less. */
export function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}

/** "1 job", "2,000 jobs" */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Bytes in binary units: "0 B", "3.4 MiB". */
export function bytes(size: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = size > 0 ? Math.min(Math.floor(Math.log2(size) / 10), units.length - 1) : 0;
  const value = size / 1024 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step] ?? ''}`;
}

import { format, formatDistanceStrict } from 'date-fns';

/** "5 minutes ago", "in 2 hours"; "just now" below ten seconds. */
export function relativeTime(at: Date, now: Date): string {
  const seconds = Math.abs(now.getTime() - at.getTime()) / 1000;
  return seconds < 10
    ? 'just now'
    : formatDistanceStrict(at, now, { addSuffix: true, roundingMethod: 'floor' });
}

/** "23 Nov 2026, 21:50:09 Europe/Rome (UTC+01:00)" */
export function absoluteTime(at: Date): string {
  return `${format(at, 'd MMM yyyy, HH:mm:ss')} ${zoneAt(at)}`;
}

/** The reader's own zone with its offset at a time: "Europe/Rome (UTC+01:00)", or just "UTC". */
export function zoneAt(at: Date, zone = Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  return zone === 'UTC' ? zone : `${zone} (UTC${format(at, 'xxx')})`;
}

/** The reader's own zone where its days have begun with an hour of UTC since then, which is how jobs are counted. */
export function wholeHourZone(since: Date): string {
  const offsets = [since, new Date()].map((at) => at.getTimezoneOffset());
  return offsets.every((minutes) => minutes % 60 === 0)
    ? Intl.DateTimeFormat().resolvedOptions().timeZone
    : 'UTC';
}

/** "40 ms", "9.3 s", "4 min 12 s", "3 h 07 min", "2 d 4 h": seconds told in at most two units. */
export function duration(seconds: number): string {
  if (seconds <= 0) return '0 s';
  if (seconds < 0.0995) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 10) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** Seconds between neighbours on an axis, so that each is told in one unit or in two round ones. */
export const DURATION_STEPS = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3600),
  ...[1, 2, 5, 7, 14, 28, 56, 112, 365].map((days) => days * 86_400),
];

/** "5 min", "2 h": as `duration`, without a second unit of which there is none. */
export function roundDuration(seconds: number): string {
  return duration(seconds).replace(/ 0?0 (?:s|min|h)$/, '');
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

const SOON = 5;

/** Seconds that are left if the rest goes as fast as what is done; null while nobody can tell. */
export function timeLeft(progress: number | null, elapsed: number): number | null {
  if (progress === null || progress <= 0 || progress >= 100 || elapsed < SOON) return null;
  return (elapsed * (100 - progress)) / progress;
}

const SOON = 5;

/** Seconds that are left if the rest goes as fast as what is done; null while nobody can tell. */
export function timeLeft(progress: number | null, elapsed: number): number | null {
  if (progress === null || progress <= 0 || progress >= 100 || elapsed < SOON) return null;
  return (elapsed * (100 - progress)) / progress;
}

const NAMES: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
};

/** "SIGKILL" */
export function signalWord(signal: number | null): string {
  if (signal === null) return 'a signal';
  return NAMES[signal] ?? `signal ${signal}`;
}

/** "SIGKILL (9)" */
export function signalName(signal: number | null): string {
  const word = signalWord(signal);
  return signal !== null && signal in NAMES ? `${word} (${signal})` : word;
}

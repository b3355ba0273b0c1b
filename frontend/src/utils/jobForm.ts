/** What the API takes, shown beside the fields. The server checks again and has the last word. */
export const LIMITS = {
  name: 255,
  description: 20_000,
  commandBytes: 64 * 1024,
  tags: 20,
  tag: 64,
  variables: 200,
  priority: { min: 1, max: 10 },
  cpus: { min: 0.01, max: 4096 },
  memoryMb: { min: 1, max: 2 ** 31 - 1 },
  timeout: { min: 1, max: 366 * 86_400 },
  attempts: { min: 1, max: 100 },
  retryDelay: { min: 0, max: 7 * 86_400 },
} as const;

/** The fields of the form as they are typed: numbers that may be left out are texts. */
export interface EditValues {
  name: string;
  description: string;
  priority: number;
  /** With commas between. */
  tags: string;
  /** Local time, as <input type="datetime-local"> has it; empty for none. */
  scheduledAt: string;
}

export interface JobValues extends EditValues {
  kind: 'run' | 'tracked';
  command: string;
  queue: string;
  cpus: string;
  memoryMb: string;
  timeout: string;
  maxAttempts: string;
  retryDelay: string;
  workingDirectory: string;
  environment: { name: string; value: string }[];
}

export function splitTags(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

export const EMPTY_JOB: JobValues = {
  kind: 'run',
  name: '',
  description: '',
  command: '',
  priority: 5,
  queue: 'default',
  tags: '',
  scheduledAt: '',
  cpus: '',
  memoryMb: '',
  timeout: '',
  maxAttempts: '',
  retryDelay: '',
  workingDirectory: '',
  environment: [],
};

/** The fields that are folded away until they are wanted. */
export const ADVANCED = [
  'cpus',
  'memoryMb',
  'timeout',
  'maxAttempts',
  'retryDelay',
  'workingDirectory',
  'environment',
] as const;

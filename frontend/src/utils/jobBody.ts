import { EMPTY_JOB, splitTags, type EditValues, type JobValues } from '@/utils/jobForm';

/** A job as the API has it; what the form can show of it. */
interface Known {
  kind: 'run' | 'tracked';
  name: string;
  description: string;
  command: string;
  priority: number;
  queue: string;
  tags: string[];
  scheduled_at: string | null;
  resource_requirements: { cpus?: number; memory_mb?: number } | null;
  timeout: number | null;
  max_attempts: number;
  retry_delay: number;
  working_directory: string;
  environment: Record<string, string>;
}

/** The body of the request that creates what the form says, without what is left to the server. */
export function toBody(values: JobValues) {
  const runs = values.kind === 'run';
  const needs = { cpus: toNumber(values.cpus), memory_mb: toNumber(values.memoryMb) };
  const environment = Object.fromEntries(values.environment.map(({ name, value }) => [name, value]));
  return compact({
    name: values.name.trim(),
    description: values.description || undefined,
    command: runs ? withUnixLineEnds(values.command) : undefined,
    priority: values.priority,
    queue: values.queue,
    tags: nonEmpty(splitTags(values.tags)),
    scheduled_at: values.scheduledAt ? new Date(values.scheduledAt).toISOString() : undefined,
    ...(runs && {
      resource_requirements: nonEmpty(compact(needs)),
      environment: nonEmpty(environment),
      working_directory: values.workingDirectory || undefined,
      timeout: toNumber(values.timeout),
      max_attempts: toNumber(values.maxAttempts),
      retry_delay: toNumber(values.retryDelay),
    }),
  });
}

/** Only what was changed, so that an edit never puts back what somebody else changed elsewhere. */
export function toEdit(before: EditValues, after: EditValues) {
  const changed = (field: keyof EditValues) => before[field] !== after[field];
  return compact({
    name: changed('name') ? after.name.trim() : undefined,
    description: changed('description') ? after.description : undefined,
    priority: changed('priority') ? after.priority : undefined,
    tags: changed('tags') ? splitTags(after.tags) : undefined,
    scheduled_at: !changed('scheduledAt')
      ? undefined
      : after.scheduledAt
        ? new Date(after.scheduledAt).toISOString()
        : null,
  });
}

export function editValuesOf(job: Known): EditValues {
  return {
    name: job.name,
    description: job.description,
    priority: job.priority,
    tags: job.tags.join(', '),
    scheduledAt: job.scheduled_at ? localDateTime(new Date(job.scheduled_at)) : '',
  };
}

/** The form filled in to submit a job again. A time that is past is left out. */
export function valuesOf(job: Known, now: Date): JobValues {
  const needs = job.resource_requirements ?? {};
  const isAhead = job.scheduled_at !== null && Date.parse(job.scheduled_at) > now.getTime();
  return {
    ...EMPTY_JOB,
    ...editValuesOf(job),
    scheduledAt: isAhead ? editValuesOf(job).scheduledAt : '',
    kind: job.kind,
    command: job.command,
    queue: job.queue,
    cpus: toText(needs.cpus),
    memoryMb: toText(needs.memory_mb),
    timeout: toText(job.timeout),
    maxAttempts: job.max_attempts === 1 ? '' : toText(job.max_attempts),
    retryDelay: job.max_attempts === 1 ? '' : toText(job.retry_delay),
    workingDirectory: job.working_directory,
    environment: Object.entries(job.environment).map(([name, value]) => ({ name, value })),
  };
}

/** What <input type="datetime-local"> takes: local time without a zone, to the minute. */
export function localDateTime(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

function toNumber(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text);
}

function toText(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/** A script pasted from elsewhere whose shebang ends with a carriage return would not be found. */
function withUnixLineEnds(script: string): string {
  return script.replace(/\r\n?/g, '\n');
}

type Compact<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function compact<T extends object>(values: T): Partial<Compact<T>> & Pick<Compact<T>, RequiredKeys<T>> {
  const said = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as Partial<Compact<T>> & Pick<Compact<T>, RequiredKeys<T>>;
}

type RequiredKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];

function nonEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length > 0 ? value : undefined;
}

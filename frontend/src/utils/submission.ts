import type { JobDetail, JobPatch, JobWrite, ResourceRequirements } from '@/types/api.generated';
import { JOB_WRITE } from '@/types/limits.generated';

type Sent = Required<JobWrite>;
type Dependency = Sent['depends_on'][number];
type Wants = NonNullable<Dependency['wants']>;
export type Name = keyof Sent;

/** How one field of a submission is typed, sent, and shown again. */
interface Field<Api, Typed, Edit extends boolean = boolean> {
  label: string;
  /** What the server takes where it is left out, and so what need not be sent. */
  usual: Api;
  show(value: Api): Typed;
  parse(typed: Typed): Api;
  /** Can still be changed while the job waits. */
  edit: Edit;
  /** Folded away in the form: most jobs never need it. */
  folded?: true;
}

const RESOURCES = {
  cpus: 'CPUs',
  memory_mb: 'Memory in MB',
  gpus: 'GPUs',
  disk_mb: 'Disk in MB',
} satisfies Record<keyof ResourceRequirements, string>;

type Resource = keyof typeof RESOURCES;
const RESOURCE_NAMES = Object.keys(RESOURCES) as Resource[];

/**
 * Every field of a submission, by its name in the API, in the order of the form. The form, an edit, a resubmission
 * and a copied command all go through this table; a field that the API gains and this lacks does not compile.
 */
export const FIELDS = {
  name: { label: 'Name', usual: '', edit: true, show: same<string>, parse: (typed: string) => typed.trim() },
  command: {
    label: 'Command or script',
    usual: JOB_WRITE.command.default,
    edit: false,
    show: same<string>,
    // A script pasted from elsewhere whose shebang ends with a carriage return would not be found.
    parse: (typed: string) => typed.replace(/\r\n?/g, '\n'),
  },
  description: {
    label: 'Description',
    usual: JOB_WRITE.description.default,
    edit: true,
    show: same<string>,
    parse: same<string>,
  },
  priority: {
    label: 'Priority',
    usual: JOB_WRITE.priority.default,
    edit: true,
    show: same<number>,
    parse: same<number>,
  },
  queue: {
    label: 'Queue',
    usual: JOB_WRITE.queue.default,
    edit: false,
    show: same<string>,
    parse: same<string>,
  },
  tags: {
    label: 'Tags',
    usual: [],
    edit: true,
    show: (tags: string[]) => tags.join(', '),
    parse: splitTags,
  },
  scheduled_at: {
    label: 'Start no earlier than',
    usual: null,
    edit: true,
    show: (at: string | null) => (at === null ? '' : localDateTime(new Date(at))),
    parse: (typed: string) => (typed === '' ? null : new Date(typed).toISOString()),
  },
  depends_on: {
    label: 'Starts after',
    usual: [],
    edit: false,
    folded: true,
    show: showDependencies,
    parse: parseDependencies,
  },
  resource_requirements: {
    label: 'Resources',
    usual: {},
    edit: false,
    folded: true,
    show: showResources,
    parse: parseResources,
  },
  timeout: { label: 'Time limit in seconds', edit: false, folded: true, ...optional<number | null>(null) },
  max_attempts: {
    label: 'Attempts',
    edit: false,
    folded: true,
    ...optional<number>(JOB_WRITE.max_attempts.default),
  },
  retry_delay: {
    label: 'Retry delay in seconds',
    edit: false,
    folded: true,
    ...optional<number>(JOB_WRITE.retry_delay.default),
  },
  retry_on_lost: {
    label: 'When its worker is lost',
    usual: JOB_WRITE.retry_on_lost.default,
    edit: false,
    folded: true,
    show: (again: boolean) => (again ? 'again' : 'fail'),
    parse: (typed: 'again' | 'fail') => typed === 'again',
  },
  executor: {
    label: 'Executor',
    usual: JOB_WRITE.executor.default,
    edit: false,
    folded: true,
    show: same<string>,
    parse: (typed: string) => typed.trim() || JOB_WRITE.executor.default,
  },
  working_directory: {
    label: 'Working directory',
    usual: JOB_WRITE.working_directory.default,
    edit: false,
    folded: true,
    show: same<string>,
    parse: same<string>,
  },
  environment: {
    label: 'Environment',
    usual: {},
    edit: false,
    folded: true,
    show: (variables: Record<string, string>) =>
      Object.entries(variables).map(([name, value]) => ({ name, value })),
    parse: (rows: { name: string; value: string }[]) =>
      Object.fromEntries(rows.map(({ name, value }) => [name, value])),
  },
} satisfies { [F in Name]: Field<Sent[F], unknown, F extends keyof JobPatch ? true : false> };

type Typed = { [F in Name]: ReturnType<(typeof FIELDS)[F]['show']> };

/** The form as it is typed, by the API's names. */
export interface JobValues extends Typed {
  kind: JobDetail['kind'];
}

/** What can still be changed while a job waits. */
export type EditValues = Pick<JobValues, Extract<Name, keyof JobPatch>>;

// For what treats every field alike: the table holds each to its own type above.
const TABLE: Record<string, Field<unknown, unknown>> = FIELDS;
export const NAMES = Object.keys(FIELDS) as Name[];
export const EDITABLE = NAMES.filter((name): name is keyof EditValues => FIELDS[name].edit);
export const FOLDED = NAMES.filter((name) => TABLE[name]?.folded);

/** What to call a field or a part of one: "resource_requirements.cpus". */
export function labelOf(path: string): string {
  const [root = '', part = ''] = path.split('.');
  const resource = root === 'resource_requirements' ? (RESOURCES as Record<string, string>)[part] : undefined;
  return resource ?? TABLE[root]?.label ?? path;
}

export const EMPTY_JOB: JobValues = {
  kind: 'run',
  ...(shown(NAMES, (name) => TABLE[name]?.usual) as Typed),
};

/** The form filled in to submit a job again. */
export function valuesOf(job: JobDetail, now: Date): JobValues {
  const again = asNew(job, now);
  return { kind: job.kind, ...(shown(NAMES, (name) => again[name]) as Typed) };
}

export function editValuesOf(job: JobDetail): EditValues {
  return shown(EDITABLE, (name) => job[name]) as EditValues;
}

function shown(names: readonly Name[], value: (name: Name) => unknown): object {
  return Object.fromEntries(names.map((name) => [name, TABLE[name]?.show(value(name))]));
}

/** The body of the request that creates what the form says. */
export function toBody(values: JobValues): JobWrite {
  const hidden: Name[] = values.kind === 'tracked' ? ['command', 'executor'] : [];
  const said = NAMES.filter((name) => !hidden.includes(name));
  return withoutUsual(Object.fromEntries(said.map((name) => [name, TABLE[name]?.parse(values[name])])));
}

/** What submits the same job again. */
export function submissionOf(job: JobDetail, now: Date): JobWrite {
  const again = asNew(job, now);
  return withoutUsual(Object.fromEntries(NAMES.map((name) => [name, again[name]])));
}

/** Only what was changed, so that an edit never puts back what somebody else changed elsewhere. */
export function toEdit(before: EditValues, after: EditValues): JobPatch {
  const changed = EDITABLE.filter((name) => before[name] !== after[name]);
  return Object.fromEntries(changed.map((name) => [name, TABLE[name]?.parse(after[name])]));
}

/** What it was submitted with, less what would be refused now: a time that is past, and how its dependencies ended. */
function asNew(job: JobDetail, now: Date): Record<Name, unknown> {
  const isAhead = job.scheduled_at !== null && Date.parse(job.scheduled_at) > now.getTime();
  return {
    ...job,
    scheduled_at: isAhead ? job.scheduled_at : null,
    depends_on: parseDependencies(showDependencies(job.depends_on)),
  };
}

function withoutUsual(body: Record<string, unknown>): JobWrite {
  const told = Object.entries(body).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(TABLE[name]?.usual),
  );
  return Object.fromEntries(told) as unknown as JobWrite;
}

function same<T>(value: T): T {
  return value;
}

/** A number that may be left empty. */
function optional<Api extends number | null>(usual: Api) {
  return {
    usual,
    show: (value: Api) => (value === usual ? '' : String(value)),
    parse: (typed: string): Api | number => (typed.trim() === '' ? usual : Number(typed)),
  };
}

export function splitTags(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

/** As it is typed: "12, 15 failure". Only a job's own request can name others by their place in it. */
function showDependencies(wanted: Dependency[]): string {
  const typed = ({ job, wants = 'success' }: Dependency) =>
    wants === 'success' ? `${job}` : `${job} ${wants}`;
  return wanted.map(typed).join(', ');
}

export function parseDependencies(typed: string): Dependency[] {
  return splitTags(typed).map((one) => {
    const [job = '', wants = 'success'] = one.split(/\s+/);
    return wants === 'success' ? { job: Number(job) } : { job: Number(job), wants: wants as Wants };
  });
}

function showResources(needs: ResourceRequirements): Record<Resource, string> {
  const typed = (name: Resource) => (needs[name] === undefined ? '' : String(needs[name]));
  return Object.fromEntries(RESOURCE_NAMES.map((name) => [name, typed(name)])) as Record<Resource, string>;
}

function parseResources(typed: Record<Resource, string>): ResourceRequirements {
  const said = RESOURCE_NAMES.filter((name) => typed[name].trim() !== '');
  return Object.fromEntries(said.map((name) => [name, Number(typed[name])]));
}

/** What <input type="datetime-local"> takes: local time without a zone, to the minute. */
function localDateTime(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

import * as z from 'zod';
import { JOB_WRITE } from '@/types/limits.generated';
import { bytes, count } from '@/utils/numbers';
import { splitTags, type EditValues, type JobValues } from '@/utils/submission';

const { environment, resource_requirements, working_directory } = JOB_WRITE;
const QUEUE = new RegExp(JOB_WRITE.queue.pattern);
const VARIABLE = new RegExp(environment.propertyNames.pattern);
const DEPENDENCY = /^[1-9]\d{0,15}(\s+(success|failure|end))?$/;
const DIRECTORY = new RegExp(working_directory.oneOf[0].pattern);

const edit = {
  name: text(JOB_WRITE.name.maxLength).refine((typed) => typed.trim() !== '', 'Give the job a name.'),
  description: text(JOB_WRITE.description.maxLength),
  priority: z.number().int().min(JOB_WRITE.priority.minimum).max(JOB_WRITE.priority.maximum),
  tags: z
    .string()
    .refine(
      (typed) => splitTags(typed).length <= JOB_WRITE.tags.maxItems,
      `At most ${JOB_WRITE.tags.maxItems} tags.`,
    )
    .refine(
      (typed) => splitTags(typed).every((tag) => tag.length <= JOB_WRITE.tags.items.maxLength),
      `Each tag has at most ${JOB_WRITE.tags.items.maxLength} characters.`,
    ),
  scheduled_at: z
    .string()
    .refine((typed) => typed === '' || !Number.isNaN(Date.parse(typed)), 'This is not a date and time.'),
} satisfies Rules<EditValues>;

const variable = z.object({
  name: z
    .string()
    .refine((name) => !name.startsWith('JOBDECK_'), 'Names that begin with JOBDECK_ are set by Jobdeck.')
    .regex(VARIABLE, 'Letters, digits and underscores, not beginning with a digit.'),
  value: text(environment.additionalProperties.maxLength),
});

const submission = {
  ...edit,
  kind: z.enum(['run', 'tracked']),
  command: z
    .string()
    .refine(
      (typed) => byteLength(typed) <= JOB_WRITE.command['x-maxBytes'],
      `At most ${bytes(JOB_WRITE.command['x-maxBytes'])}. Keep a larger script in a file and run that.`,
    ),
  queue: z
    .string()
    .regex(QUEUE, 'Letters, digits, dots, dashes and underscores, beginning with a letter or digit.'),
  depends_on: z
    .string()
    .refine(
      (typed) => splitTags(typed).every((one) => DEPENDENCY.test(one)),
      'Ids of jobs with commas between them, each with “failure” or “end” behind it where that is waited for.',
    )
    .refine(
      (typed) => splitTags(typed).length <= JOB_WRITE.depends_on.maxItems,
      `At most ${JOB_WRITE.depends_on.maxItems} jobs.`,
    ),
  resource_requirements: z.object({
    cpus: optionalNumber(resource_requirements.properties.cpus),
    memory_mb: optionalNumber(resource_requirements.properties.memory_mb),
    gpus: optionalNumber(resource_requirements.properties.gpus),
    disk_mb: optionalNumber(resource_requirements.properties.disk_mb),
  } satisfies Rules<JobValues['resource_requirements']>),
  timeout: optionalNumber(JOB_WRITE.timeout),
  max_attempts: optionalNumber(JOB_WRITE.max_attempts),
  retry_delay: optionalNumber(JOB_WRITE.retry_delay),
  retry_on_lost: z.enum(['again', 'fail']),
  executor: text(JOB_WRITE.executor.maxLength),
  working_directory: text(working_directory.oneOf[0].maxLength).refine(
    (typed) => typed === '' || DIRECTORY.test(typed),
    'An absolute path: it begins with a slash.',
  ),
  environment: z
    .array(variable)
    .max(environment.maxProperties, `At most ${environment.maxProperties} variables.`)
    .refine(
      (rows) =>
        byteLength(rows.map(({ name, value }) => `${name}=${value}\0`).join('')) <= environment['x-maxBytes'],
      `Together at most ${bytes(environment['x-maxBytes'])}. Keep more in a file.`,
    ),
} satisfies Rules<JobValues>;

type Rules<Values> = { [Name in keyof Values]: z.ZodType<Values[Name]> };

/** The fields that can still be changed while a job waits. */
export const editSchema = z.object(edit);

export const jobSchema = z.object(submission).superRefine((values, context) => {
  if (values.kind === 'run' && values.command.trim() === '') {
    context.addIssue({ code: 'custom', path: ['command'], message: 'Enter what to run.' });
  }
  const seen = new Set<string>();
  for (const [index, { name }] of values.environment.entries()) {
    if (name && seen.has(name)) {
      context.addIssue({
        code: 'custom',
        path: ['environment', index, 'name'],
        message: 'There is another variable of this name.',
      });
    }
    seen.add(name);
  }
});

function text(most: number) {
  return z.string().max(most, `At most ${count(most)} characters.`);
}

interface Range {
  type: string | readonly string[];
  minimum: number;
  maximum: number;
}

/** A number as typed; empty means that it is left to the server. */
function optionalNumber({ type, minimum, maximum }: Range) {
  const whole = type !== 'number';
  const range = `${whole ? 'A whole number' : 'A number'} from ${minimum} to ${count(maximum)}.`;
  return z.string().refine((typed) => {
    if (typed.trim() === '') return true;
    const value = Number(typed);
    return (
      Number.isFinite(value) && value >= minimum && value <= maximum && (!whole || Number.isInteger(value))
    );
  }, range);
}

function byteLength(typed: string): number {
  return new TextEncoder().encode(typed).length;
}

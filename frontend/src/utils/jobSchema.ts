import * as z from 'zod';
import { LIMITS, splitTags } from '@/utils/jobForm';

const QUEUE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

const name = z
  .string()
  .max(LIMITS.name, `At most ${LIMITS.name} characters.`)
  .refine((text) => text.trim() !== '', 'Give the job a name.');
const description = z
  .string()
  .max(LIMITS.description, `At most ${LIMITS.description.toLocaleString('en')} characters.`);
const priority = z.number().int().min(LIMITS.priority.min).max(LIMITS.priority.max);
const tags = z
  .string()
  .refine((text) => splitTags(text).length <= LIMITS.tags, `At most ${LIMITS.tags} tags.`)
  .refine(
    (text) => splitTags(text).every((tag) => tag.length <= LIMITS.tag),
    `Each tag has at most ${LIMITS.tag} characters.`,
  );
const scheduledAt = z
  .string()
  .refine((text) => text === '' || !Number.isNaN(Date.parse(text)), 'This is not a date and time.');

/** The fields that can still be changed while a job waits. */
export const editSchema = z.object({ name, description, priority, tags, scheduledAt });

export const jobSchema = editSchema
  .extend({
    kind: z.enum(['run', 'tracked']),
    command: z
      .string()
      .refine(
        (text) => new TextEncoder().encode(text).length <= LIMITS.commandBytes,
        'At most 64 KiB. Keep a larger script in a file and run that.',
      ),
    queue: z
      .string()
      .regex(QUEUE, 'Letters, digits, dots, dashes and underscores, beginning with a letter or digit.'),
    cpus: optionalNumber(LIMITS.cpus, false),
    memoryMb: optionalNumber(LIMITS.memoryMb),
    timeout: optionalNumber(LIMITS.timeout),
    maxAttempts: optionalNumber(LIMITS.attempts),
    retryDelay: optionalNumber(LIMITS.retryDelay),
    workingDirectory: z.string().regex(/^(\/.*)?$/, 'An absolute path: it begins with a slash.'),
    environment: z
      .array(
        z.object({
          name: z
            .string()
            .regex(VARIABLE, 'Letters, digits and underscores, not beginning with a digit.')
            .refine(
              (text) => !text.startsWith('JOBDECK_'),
              'Names that begin with JOBDECK_ are set by Jobdeck.',
            ),
          value: z.string(),
        }),
      )
      .max(LIMITS.variables, `At most ${LIMITS.variables} variables.`),
  })
  .superRefine((values, context) => {
    if (values.kind === 'run' && values.command.trim() === '') {
      context.addIssue({ code: 'custom', path: ['command'], message: 'Say what is to run.' });
    }
    const seen = new Set<string>();
    for (const [index, { name: variable }] of values.environment.entries()) {
      if (variable && seen.has(variable)) {
        context.addIssue({
          code: 'custom',
          path: ['environment', index, 'name'],
          message: 'This is here twice.',
        });
      }
      seen.add(variable);
    }
  });

/** A number as typed; empty means that it is left to the server. */
function optionalNumber({ min, max }: { min: number; max: number }, whole = true) {
  const range = `${whole ? 'A whole number' : 'A number'} from ${min} to ${max.toLocaleString('en')}.`;
  return z.string().refine((text) => {
    if (text.trim() === '') return true;
    const value = Number(text);
    return Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value));
  }, range);
}

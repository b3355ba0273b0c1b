/** What the API takes to submit a job. */
export type Submission = Record<string, unknown>;

/** Where a command is to be sent, and as whom. */
export interface Target {
  /** Of the API's root, without a slash at its end. */
  address: string;
  /** The owner's token file on the machine that runs Jobdeck; empty where somebody else asks. */
  tokenFile: string;
}

/** A command for a terminal; for the owner one that works on the machine that runs Jobdeck. */
export function curlCreate(target: Target, body: Submission): string {
  return curl('POST', '/api/jobs/', target, body);
}

export function curlReport(target: Target, id: number, body: Submission): string {
  return curl('PATCH', `/api/jobs/${id}/`, target, body);
}

function curl(method: 'POST' | 'PATCH', path: string, target: Target, body: Submission): string {
  return [
    target.tokenFile ? `TOKEN=$(cat ${quoted(target.tokenFile)})` : "TOKEN='your API token'",
    `curl -X ${method} ${target.address}${path} \\`,
    '  -H "Authorization: Bearer $TOKEN" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d ${quoted(JSON.stringify(body, null, 2))}`,
  ].join('\n');
}

/** A word for a POSIX shell, whatever it holds. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

interface Resubmittable {
  name: string;
  command: string;
  description: string;
  priority: number;
  queue: string;
  tags: string[];
  scheduled_at: string | null;
  resource_requirements: object | null;
  environment: object;
  working_directory: string;
  timeout: number | null;
  max_attempts: number;
  retry_delay: number;
}

/** What would submit the same job again, without what is as it would be anyway. */
export function submissionOf(job: Resubmittable): Submission {
  const all: [string, unknown, unknown][] = [
    ['name', job.name, undefined],
    ['command', job.command, ''],
    ['description', job.description, ''],
    ['priority', job.priority, 5],
    ['queue', job.queue, 'default'],
    ['tags', job.tags, '[]'],
    ['resource_requirements', job.resource_requirements, '{}'],
    ['environment', job.environment, '{}'],
    ['working_directory', job.working_directory, ''],
    ['timeout', job.timeout, null],
    ['max_attempts', job.max_attempts, 1],
  ];
  if (job.max_attempts > 1) all.push(['retry_delay', job.retry_delay, undefined]);
  const said = all.filter(
    ([, value, usual]) => value !== null && value !== usual && JSON.stringify(value) !== usual,
  );
  return Object.fromEntries(said.map(([name, value]) => [name, value]));
}

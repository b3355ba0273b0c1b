/** The owner's token lies in Jobdeck's home: below the user's own, or root's. */
const TOKEN = 'TOKEN=$(cat ~/.local/share/jobdeck/token 2>/dev/null || cat /var/lib/jobdeck/token)';

/** What the API takes to submit a job. */
export type Submission = Record<string, unknown>;

/** A command for a terminal on the machine that runs Jobdeck. */
export function curlCreate(address: string, body: Submission): string {
  return curl('POST', `${address}/api/jobs/`, body);
}

export function curlReport(address: string, id: number, body: Submission): string {
  return curl('PATCH', `${address}/api/jobs/${id}/`, body);
}

function curl(method: 'POST' | 'PATCH', url: string, body: Submission): string {
  return [
    TOKEN,
    `curl -X ${method} ${url} \\`,
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

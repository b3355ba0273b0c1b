import type { JobPatch, JobWrite } from '@/types/api.generated';

/** Where a command is to be sent, and as whom. */
export interface Target {
  /** Of the API's root, without a slash at its end. */
  address: string;
  /** The owner's token file on the machine that runs Jobdeck; empty where somebody else asks. */
  tokenFile: string;
}

/** A command for a terminal; for the owner one that works on the machine that runs Jobdeck. */
export function curlCreate(target: Target, body: JobWrite): string {
  return curl('POST', '/api/jobs/', target, body);
}

export function curlReport(target: Target, id: number, body: JobPatch): string {
  return curl('PATCH', `/api/jobs/${id}/`, target, body);
}

function curl(method: 'POST' | 'PATCH', path: string, target: Target, body: object): string {
  return [
    target.tokenFile ? `TOKEN=$(cat ${quoted(target.tokenFile)})` : "TOKEN='your API token'",
    `curl -X ${method} ${target.address}${path} \\`,
    '  -H "Authorization: Bearer $TOKEN" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d ${quoted(JSON.stringify(body, null, 2))}`,
  ].join('\n');
}

/** A word for a POSIX shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

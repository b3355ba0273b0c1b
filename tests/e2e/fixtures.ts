import { test as base, expect, type APIRequestContext } from '@playwright/test';

export { expect };

/** The fields of a job that these tests read or write; the whole is in `docs/reference/openapi.json`. */
export interface Job {
  id: number;
  name: string;
  status: string;
  progress: number | null;
  result_data: unknown;
}

export type NewJob = { name: string } & Record<string, unknown>;

/** The API as a program uses it: by token, beside the browser. */
export class Api {
  constructor(private readonly request: APIRequestContext) {}

  async create(job: NewJob): Promise<Job> {
    const answer = await this.request.post('/api/jobs/', { data: job });
    expect(answer.status(), await answer.text()).toBe(201);
    return (await answer.json()) as Job;
  }

  async job(id: number): Promise<Job> {
    const answer = await this.request.get(`/api/jobs/${id}/`);
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as Job;
  }

  async report(id: number, news: Record<string, unknown>): Promise<void> {
    const answer = await this.request.patch(`/api/jobs/${id}/`, { data: news });
    expect(answer.ok(), await answer.text()).toBe(true);
  }

  /** Begins something with these jobs; the operation's id. */
  async operate(action: string, ids: number[], args: Record<string, unknown> = {}): Promise<number> {
    const answer = await this.request.post('/api/operations/', { data: { action, ids, arguments: args } });
    expect(answer.status(), await answer.text()).toBe(202);
    return ((await answer.json()) as { id: number }).id;
  }

  /** The job once it has ended. */
  async ended(id: number): Promise<Job> {
    await expect.poll(async () => (await this.job(id)).status).toMatch(/COMPLETED|FAILED|CANCELLED/);
    return this.job(id);
  }
}

let made = 0;

/** A name that no other test uses, so that tests may share one Jobdeck and run at the same time. */
export const unique = (name: string) => `${name} ${process.pid}-${(made += 1)}`;

export const test = base.extend<{ api: Api }>({
  api: async ({ playwright, baseURL }, use) => {
    const request = await playwright.request.newContext({
      baseURL,
      storageState: { cookies: [], origins: [] },
      extraHTTPHeaders: { Authorization: `Bearer ${process.env.JOBDECK_E2E_TOKEN}` },
    });
    await use(new Api(request));
    await request.dispose();
  },
});

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { type Api, expect, test, unique } from '../fixtures.ts';

const SERIOUS = ['serious', 'critical'];
const VIEWPORTS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

/** Every page in the states that look different, and what shows that it has loaded. */
const PAGES: { name: string; path: (api: Api) => Promise<string>; signedOut?: boolean }[] = [
  { name: 'the list', path: async () => '/' },
  { name: 'the list, nothing matches', path: async () => '/?q=nothing-is-called-like-this' },
  { name: 'the create form', path: async () => '/jobs/new' },
  { name: 'a pending job', path: async (api) => `/jobs/${(await api.create({ name: unique('axe') })).id}` },
  { name: 'a running job', path: running },
  { name: 'a failed job', path: failed },
  { name: 'a completed job', path: completed },
  { name: 'the history of a job', path: async (api) => `${await failed(api)}?tab=history` },
  { name: 'the overview', path: async () => '/overview' },
  { name: 'the queues', path: queues },
  { name: 'the operations', path: async (api) => (await operation(api), '/operations') },
  { name: 'an operation', path: operation },
  { name: 'the workers', path: async () => '/workers' },
  { name: 'a page that is not there', path: async () => '/no/such/page' },
  { name: 'the sign-in page', path: async () => '/signin', signedOut: true },
];

async function running(api: Api) {
  const job = await api.create({ name: unique('axe running') });
  await api.report(job.id, { status_type: 'RUNNING', progress: 30, message: 'on its way' });
  return `/jobs/${job.id}`;
}

async function operation(api: Api) {
  const job = await api.create({ name: unique('axe') });
  return `/operations/${await api.operate('set_priority', [job.id], { priority: 9 })}`;
}

async function failed(api: Api) {
  const job = await api.create({ name: unique('axe fails'), command: 'echo oh dear >&2; exit 3' });
  await api.ended(job.id);
  return `/jobs/${job.id}`;
}

async function completed(api: Api) {
  const job = await api.create({ name: unique('axe completed') });
  await api.report(job.id, { status_type: 'COMPLETED', result_data: { pi: 3.14, parts: [1, 2, 3] } });
  return `/jobs/${job.id}?tab=result`;
}

async function queues(api: Api) {
  for (const queue of ['axe-one', 'axe-two']) await api.create({ name: unique('axe'), queue });
  return '/queues';
}

async function settled(page: Page) {
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
}

for (const { name, path, signedOut } of PAGES) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${name} has nothing serious for axe, ${colorScheme}`, async ({ page, api, context }) => {
      if (signedOut) await context.clearCookies();
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(await path(api));
      for (const [width, viewport] of Object.entries(VIEWPORTS)) {
        await page.setViewportSize(viewport);
        await settled(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter(({ impact }) => SERIOUS.includes(impact ?? ''));
        expect(serious.map(({ id, help, nodes }) => `${width}: ${id}: ${help}: ${nodes[0]?.html}`)).toEqual(
          [],
        );
      }
    });
  }
}

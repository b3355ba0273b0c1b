import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test, unique } from '../fixtures.ts';

// Goes on until it is told to end, so that a slow machine has the time to see it move.
const SCRIPT = `#!/usr/bin/env python3
import itertools, json, os, time
for step in itertools.count(1):
    print(f"step {step} of many")
    with open(os.environ["JOBDECK_PROGRESS"], "w") as file:
        file.write(f"{100 * step // (step + 40)} step {step}")
    if os.path.exists(os.environ["ENOUGH"]):
        break
    time.sleep(0.25)
with open(os.environ["JOBDECK_RESULT"], "w") as file:
    json.dump({"steps": step, "verdict": "well done"}, file)
`;

test('a real script runs: its progress and its log move, its result shows', async ({
  page,
  api,
}, testInfo) => {
  const enough = testInfo.outputPath('enough');
  const job = await api.create({
    name: unique('live'),
    command: SCRIPT,
    environment: { ENOUGH: enough },
    timeout: 300,
    resource_requirements: { cpus: 0.1 },
  });
  await page.goto(`/jobs/${job.id}?tab=log`);
  const lines = page.getByText(/^step \d+ of many$/);
  const step = async () => Number((await lines.last().textContent())?.match(/step (\d+)/)?.[1]);
  const percent = async () =>
    Number(await page.getByRole('progressbar').first().getAttribute('aria-valuenow'));
  await expect(lines.last()).toBeVisible();
  const [earlyStep, earlyPercent] = [await step(), await percent()];
  await expect.poll(step).toBeGreaterThan(earlyStep);
  await expect.poll(percent).toBeGreaterThan(earlyPercent);

  mkdirSync(dirname(enough), { recursive: true });
  writeFileSync(enough, '');
  await expect(page.getByRole('main').getByText('Completed').first()).toBeVisible();
  const { steps } = (await api.job(job.id)).result_data as { steps: number };
  await expect(page.getByText(`step ${steps} of many`)).toBeVisible();
  await page.getByRole('tab', { name: 'Result' }).click();
  await expect(page.getByText('well done')).toBeVisible();
});

test('a picture in the result is shown as one', async ({ page, api }) => {
  const command = readFileSync(new URL('../../../examples/mandelbrot.py', import.meta.url), 'utf8');
  const job = await api.create({
    name: unique('mandelbrot'),
    command,
    environment: { WIDTH: '90', DEPTH: '40' },
  });
  expect((await api.ended(job.id)).status).toBe('COMPLETED');
  await page.goto(`/jobs/${job.id}?tab=result`);
  await expect(page.getByRole('img', { name: /picture/ })).toBeVisible();
});

test('a job that fails opens on its cause, and can be retried', async ({ page, api }) => {
  const command = 'echo all is well; echo "Traceback: it broke" >&2; exit 7';
  const job = await api.create({ name: unique('fails'), command, resource_requirements: { cpus: 0.1 } });
  await api.ended(job.id);
  await page.goto(`/jobs/${job.id}`);
  await expect(page.getByText(/exit code 7/i).first()).toBeVisible();
  await expect(page.getByText('Traceback: it broke').first()).toBeVisible();
  await page.getByRole('button', { name: 'Retry' }).first().click();
  await expect.poll(async () => (await api.job(job.id)).status).toBe('FAILED');
});

test('a running job that is cancelled in the browser ends CANCELLED', async ({ page, api }) => {
  const job = await api.create({
    name: unique('long'),
    command: 'sleep 300',
    resource_requirements: { cpus: 0.1 },
  });
  await page.goto(`/jobs/${job.id}`);
  await expect(page.getByRole('main').getByText('Running').first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).first().click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel job' }).click();
  await expect(page.getByRole('main').getByText('Cancelled', { exact: true }).first()).toBeVisible();
  expect((await api.job(job.id)).status).toBe('CANCELLED');
});

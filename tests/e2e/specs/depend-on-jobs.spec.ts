import { expect, test, unique } from '../fixtures.ts';

test('a job that starts after another says so, and ends by itself when that has', async ({ page, api }) => {
  const first = await api.create({ name: unique('first') });
  const name = unique('second');
  await page.goto('/jobs/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('textbox', { name: 'Command or script' }).fill('echo after all');
  await page.getByRole('button', { name: /Advanced/ }).click();
  await page.getByLabel('Starts after').fill(`${first.id}, 0`);
  await page.getByRole('button', { name: 'Submit job' }).click();
  await expect(page.getByLabel('Starts after')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Starts after').fill(String(first.id));
  await page.getByRole('button', { name: 'Submit job' }).click();

  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByText('Waits for the jobs that it depends on')).toBeVisible();
  await expect(page.getByRole('link', { name: first.name })).toBeVisible();

  await api.report(first.id, { status_type: 'COMPLETED' });
  await expect(page.getByRole('main').getByText('Completed').first()).toBeVisible();
});

test('what depends on a job that fails is not run, and names it', async ({ page, api }) => {
  const first = await api.create({ name: unique('fails') });
  const second = await api.create({
    name: unique('never'),
    command: 'true',
    depends_on: [{ job: first.id }],
  });
  await api.report(first.id, { status_type: 'FAILED' });
  await page.goto(`/jobs/${second.id}`);
  await expect(page.getByText('A dependency failed').first()).toBeVisible();
  await expect(page.getByText(`Job ${first.id} failed, and this one was to run after its success.`)).toBeVisible();
});

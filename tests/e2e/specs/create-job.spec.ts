import { expect, test, unique } from '../fixtures.ts';

test('a job that is created waits as PENDING', async ({ page }) => {
  const name = unique('created in the browser');
  await page.goto('/');
  await page.getByRole('link', { name: 'New job' }).first().click();
  await page.getByRole('radio', { name: /Tracked/ }).check();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create tracked job' }).click();

  await expect(page).toHaveURL(/\/jobs\/\d+/);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByRole('main').getByText('Pending').first()).toBeVisible();

  await page.goto(`/?q=${encodeURIComponent(name)}`);
  await expect(page.getByRole('row', { name }).getByText('Pending')).toBeVisible();
});

test('a mistake is shown at its field and keeps what was typed', async ({ page }) => {
  await page.goto('/jobs/new');
  await page.getByRole('radio', { name: /Tracked/ }).check();
  await page.getByLabel('Description').fill('kept while the name is missing');
  await page.getByRole('button', { name: 'Create tracked job' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Description')).toHaveValue('kept while the name is missing');
  await expect(page).toHaveURL(/\/jobs\/new/);
});

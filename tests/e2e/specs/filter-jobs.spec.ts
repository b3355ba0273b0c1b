import { expect, test, unique } from '../fixtures.ts';

test('filters by status and search show what matches, live in the address, and Back restores them', async ({
  page,
  api,
}) => {
  const batch = unique('filtered');
  const pending = await api.create({ name: `${batch} waits` });
  const done = await api.create({ name: `${batch} done` });
  await api.report(done.id, { status_type: 'COMPLETED' });

  await page.goto('/');
  await page.getByRole('combobox', { name: 'Search jobs' }).fill(batch);
  await expect(page.getByRole('row', { name: pending.name })).toBeVisible();
  await expect(page.getByRole('row', { name: done.name })).toBeVisible();

  await page
    .getByRole('group', { name: 'Filter by status' })
    .getByRole('button', { name: /Completed/ })
    .click();
  await expect(page.getByRole('row', { name: pending.name })).toBeHidden();
  await expect(page.getByRole('row', { name: done.name })).toBeVisible();
  await expect(page).toHaveURL(/status=COMPLETED/);

  await page.reload();
  await expect(page.getByRole('row', { name: done.name })).toBeVisible();
  await expect(page.getByRole('row', { name: pending.name })).toBeHidden();

  await page.goBack();
  await expect(page.getByRole('row', { name: pending.name })).toBeVisible();
});

test('a status chosen before the typing pauses keeps the search, and Back takes only the status away', async ({
  page,
  api,
}) => {
  const batch = unique('typed');
  const pending = await api.create({ name: `${batch} waits` });
  const done = await api.create({ name: `${batch} done` });
  await api.report(done.id, { status_type: 'COMPLETED' });
  const row = (name: string) => page.getByRole('row', { name });

  await page.goto('/');
  const completed = page.getByRole('button', { name: /^Completed/ });
  await expect(completed).toBeVisible();
  await page.getByRole('combobox', { name: 'Search jobs' }).fill(batch);
  await completed.click();
  await expect(row(done.name)).toBeVisible();
  await expect(row(pending.name)).toBeHidden();
  // By now whatever was to come late has come.
  await page.waitForTimeout(500);
  expect(new URL(page.url()).searchParams.get('status')).toBe('COMPLETED');
  expect(new URL(page.url()).searchParams.get('q')).toBe(batch);

  await page.goBack();
  await expect(row(pending.name)).toBeVisible();
  expect(new URL(page.url()).searchParams.get('q')).toBe(batch);
  await expect(completed).toHaveAttribute('aria-pressed', 'false');
});

test('a filter that hides everything says so and offers a way out', async ({ page, api }) => {
  await api.create({ name: unique('hidden by the filter') });
  await page.goto('/?q=nothing-is-called-like-this');
  await page.getByRole('button', { name: /clear/i }).first().click();
  await expect(page).not.toHaveURL(/q=/);
  await expect(page.getByRole('table', { name: 'Jobs' }).getByRole('row').nth(1)).toBeVisible();
});

test('a search is completed from what there is, and a mistake in it is marked', async ({ page, api }) => {
  const batch = unique('searched');
  const job = await api.create({ name: batch, tags: ['e2e-tag'] });
  await page.goto('/');
  const box = page.getByRole('combobox', { name: 'Search jobs' });
  await box.pressSequentially('ta');
  await page.getByRole('option', { name: /^tag:/ }).click();
  await page.getByRole('option', { name: 'e2e-tag' }).click();
  await expect(box).toHaveValue('tag:e2e-tag ');
  await box.pressSequentially(`"${batch}"`);
  await expect(page.getByRole('row', { name: job.name })).toBeVisible();

  await box.fill('stauts:failed');
  await expect(page.getByRole('alert')).toContainText('Did you mean status:?');
  await expect(page.getByRole('alert').locator('mark')).toHaveText('s');
});

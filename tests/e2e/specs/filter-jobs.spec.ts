import { expect, test, unique } from '../fixtures.ts';

test('filters by status and name show what matches, live in the address, and Back restores them', async ({
  page,
  api,
}) => {
  const batch = unique('filtered');
  const pending = await api.create({ name: `${batch} waits` });
  const done = await api.create({ name: `${batch} done` });
  await api.report(done.id, { status_type: 'COMPLETED' });

  await page.goto('/');
  await page.getByRole('searchbox', { name: 'Filter by name' }).fill(batch);
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

test('a filter that hides everything says so and offers a way out', async ({ page, api }) => {
  await api.create({ name: unique('hidden by the filter') });
  await page.goto('/?name=nothing-is-called-like-this');
  await page.getByRole('button', { name: /clear/i }).first().click();
  await expect(page).not.toHaveURL(/name=/);
  await expect(page.getByRole('table', { name: 'Jobs' }).getByRole('row').nth(1)).toBeVisible();
});

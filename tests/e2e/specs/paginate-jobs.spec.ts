import { expect, test, unique } from '../fixtures.ts';

test('pages follow one another without a gap or a double', async ({ page, api }) => {
  const batch = unique('paged');
  const names = Array.from({ length: 25 }, (_, index) => `${batch} no ${String(index + 1).padStart(2, '0')}`);
  for (const name of names) await api.create({ name });

  await page.goto(`/?q=${encodeURIComponent(batch)}&size=20&ordering=name`);
  const rows = page.getByRole('table', { name: 'Jobs' }).locator('tbody tr[data-job]');
  await expect(rows).toHaveCount(20);
  await expect(rows.first()).toContainText(names[0]!);
  await expect(page.getByText('1–20 of 25')).toBeVisible();

  await page.getByRole('button', { name: 'Next page' }).click();
  await expect(rows).toHaveCount(5);
  await expect(rows.first()).toContainText(names[20]!);
  await expect(rows.last()).toContainText(names[24]!);
  await expect(page).toHaveURL(/page=2/);

  await page.goBack();
  await expect(rows).toHaveCount(20);
});

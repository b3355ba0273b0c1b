import { expect, test, unique } from '../fixtures.ts';

test('a queue is shown with its counts as they change, and each leads to its jobs', async ({ page, api }) => {
  const queue = unique('nightly').replaceAll(' ', '-');
  const waits = await api.create({ name: unique('waits'), queue });
  const ends = await api.create({ name: unique('ends'), queue });
  const count = (says: string) => page.getByRole('link', { name: `${says} in ${queue}` });

  await page.goto('/');
  await expect(page.getByRole('row', { name: ends.name })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('q');
  await expect(page).toHaveTitle('Queues · Jobdeck');
  await expect(count('2 jobs pending')).toBeVisible();

  await api.report(ends.id, { status_type: 'COMPLETED' });
  await expect(count('1 job completed')).toBeVisible();

  await count('1 job pending').click();
  await expect(page.getByRole('row', { name: waits.name })).toBeVisible();
  await expect(page.getByRole('row', { name: ends.name })).toBeHidden();
});

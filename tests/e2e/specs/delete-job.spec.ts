import { expect, test, unique } from '../fixtures.ts';

test('a deleted job is gone from the list and from its address', async ({ page, api }) => {
  const job = await api.create({ name: unique('to be deleted') });
  await page.goto(`/?q=${encodeURIComponent(job.name)}`);
  await page.getByRole('button', { name: `Delete ${job.name}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete job' }).click();
  await expect(page.getByRole('row', { name: job.name })).toBeHidden();

  await page.goto(`/jobs/${job.id}`);
  await expect(page.getByText(/no job/i).first()).toBeVisible();
});

test('a delete that was not confirmed changes nothing', async ({ page, api }) => {
  const job = await api.create({ name: unique('kept') });
  await page.goto(`/?q=${encodeURIComponent(job.name)}`);
  await page.getByRole('button', { name: `Delete ${job.name}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Keep it' }).click();
  await expect(page.getByRole('row', { name: job.name })).toBeVisible();
  expect((await api.job(job.id)).status).toBe('PENDING');
});

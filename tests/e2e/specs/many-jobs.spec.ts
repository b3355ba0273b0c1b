import { expect, test, unique } from '../fixtures.ts';

test('everything that matches is cancelled after a question, watched, and put back', async ({ page, api }) => {
  const name = unique('many');
  const jobs = [];
  for (const one of ['a', 'b', 'c']) jobs.push(await api.create({ name: `${name} ${one}` }));
  await page.goto(`/?q=${encodeURIComponent(name)}`);
  await page.getByRole('checkbox', { name: 'Select all jobs of this page' }).check();
  await page.getByRole('button', { name: 'Select everything that matches (3)' }).click();
  await page.getByRole('region', { name: 'Selected jobs' }).getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Cancel: 3 jobs' }).click();

  await expect(page.getByText('Cancelled 3 jobs')).toBeVisible();
  for (const job of jobs) expect((await api.job(job.id)).status).toBe('CANCELLED');
  await page.getByRole('region', { name: /^Operation/ }).getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Put back 3 jobs')).toBeVisible();
  for (const job of jobs) expect((await api.job(job.id)).status).toBe('PENDING');
});

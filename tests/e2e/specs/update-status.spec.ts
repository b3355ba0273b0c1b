import { expect, test, unique } from '../fixtures.ts';

test('a status that is reported shows at once, with its message and progress', async ({ page, api }) => {
  const job = await api.create({ name: unique('tracked') });
  await page.goto(`/jobs/${job.id}`);
  await page.getByRole('button', { name: 'Update status' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Running' }).check();
  await dialog.getByLabel('Progress').fill('40');
  await dialog.getByLabel('Message').fill('nearly half');
  await dialog.getByRole('button', { name: 'Set running' }).click();

  await expect(dialog).toBeHidden();
  await expect(page.getByRole('main').getByText('Running').first()).toBeVisible();
  await expect(page.getByText('nearly half').first()).toBeVisible();
  await expect(page.getByRole('progressbar').first()).toHaveAttribute('aria-valuenow', '40');
  expect(await api.job(job.id)).toMatchObject({ status: 'RUNNING', progress: 40 });
});

test('what another program reports appears without a reload', async ({ page, api }) => {
  const job = await api.create({ name: unique('reported from outside') });
  await page.goto(`/jobs/${job.id}`);
  await expect(page.getByRole('main').getByText('Pending').first()).toBeVisible();
  await api.report(job.id, { status_type: 'RUNNING', progress: 70, message: 'from another program' });
  await expect(page.getByText('from another program').first()).toBeVisible();
  await api.report(job.id, { status_type: 'COMPLETED', result_data: { answer: 42 } });
  await expect(page.getByRole('main').getByText('Completed').first()).toBeVisible();
});

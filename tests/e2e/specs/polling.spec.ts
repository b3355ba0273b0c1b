import { expect, test, unique } from '../fixtures.ts';

test('without a WebSocket the page polls by itself', async ({ page, api }) => {
  await page.routeWebSocket(/\/ws\//, (socket) => socket.close());
  const job = await api.create({ name: unique('polled') });
  await page.goto(`/jobs/${job.id}`);
  await expect(page.getByRole('main').getByText('Pending').first()).toBeVisible();
  await api.report(job.id, { status_type: 'COMPLETED' });
  await expect(page.getByRole('main').getByText('Completed').first()).toBeVisible({ timeout: 40_000 });
});

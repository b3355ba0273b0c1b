import { expect, test } from '../fixtures.ts';

test('the sign-in link opens Jobdeck, and only once', async ({ page, browser }) => {
  const link = process.env.JOBDECK_E2E_SIGN_IN!;
  await page.goto(link);
  await expect(page.getByRole('link', { name: 'New job' }).first()).toBeVisible();
  expect(page.url(), 'the code is gone from the address').not.toContain('code');
  await page.context().storageState({ path: process.env.JOBDECK_E2E_STATE });

  const stranger = await browser.newContext();
  const second = await stranger.newPage();
  await second.goto(link);
  await expect(second.getByRole('alert')).toBeVisible();
  await expect(second.getByText('make signin').first()).toBeVisible();
  await stranger.close();
});

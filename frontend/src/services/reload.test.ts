import { http } from 'msw';
import { reloadWhenBack } from '@/services/reload';
import { api, problem, server } from '@/test/server';

beforeEach(() => {
  sessionStorage.clear();
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

const aWhile = () => jest.advanceTimersByTimeAsync(10_000);

test('the page is read anew once the server is back, and not again and again', async () => {
  let up = false;
  server.use(http.get(api('/me/'), () => (up ? problem(401) : problem(503))));
  const reload = jest.fn();
  reloadWhenBack(reload);
  await aWhile();
  expect(reload).not.toHaveBeenCalled();
  up = true;
  await aWhile();
  expect(reload).toHaveBeenCalledTimes(1);
  reloadWhenBack(reload);
  await aWhile();
  expect(reload).toHaveBeenCalledTimes(1);
});

test('it is left alone when nobody waits for it any more', async () => {
  server.use(http.get(api('/me/'), () => problem(401)));
  const reload = jest.fn();
  reloadWhenBack(reload)();
  await aWhile();
  expect(reload).not.toHaveBeenCalled();
});

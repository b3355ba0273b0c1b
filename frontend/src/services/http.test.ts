import { http, HttpResponse } from 'msw';
import { createJob, fetchJob, fetchJobs, updateJob } from '@/services/jobs';
import { fetchMe } from '@/services/me';
import { ProblemError } from '@/services/problem';
import { detailOf, jobFactory } from '@/test/jobFactory';
import { api, pageOf, problem, server } from '@/test/server';

async function failureOf(promise: Promise<unknown>): Promise<ProblemError> {
  const outcome: unknown = await promise.catch((error: unknown) => error);
  if (outcome instanceof ProblemError) return outcome;
  throw new Error('it did not fail with a problem');
}

test('a list is asked for with repeated statuses and without what is empty', async () => {
  let asked = '';
  server.use(
    http.get(api('/jobs/'), ({ request }) => {
      asked = new URL(request.url).search;
      return HttpResponse.json(pageOf([]));
    }),
  );
  await fetchJobs({ status: ['FAILED', 'RUNNING'], name: [], queue: undefined, page: 2 });
  expect(asked).toBe('?status=FAILED&status=RUNNING&page=2');
});

test('an unsafe request carries the CSRF token that /me/ gave', async () => {
  let token: string | null = null;
  server.use(
    http.post(api('/jobs/'), ({ request }) => {
      token = request.headers.get('X-CSRFToken');
      return HttpResponse.json(detailOf(jobFactory.pending()), { status: 201 });
    }),
  );
  await fetchMe();
  await createJob({ name: 'hello' }, 'key-1');
  expect(token).toBe('csrf-1');
});

test('an edit on a known version is refused by the server when that is stale', async () => {
  let condition: string | null = null;
  server.use(
    http.patch(api('/jobs/7/'), ({ request }) => {
      condition = request.headers.get('If-Match');
      return problem(412, { title: 'Changed meanwhile' });
    }),
  );
  const failure = await failureOf(updateJob(7, { name: 'new' }, 3));
  expect(condition).toBe('W/"7-3"');
  expect(failure.status).toBe(412);
});

test('a problem keeps its sentence, its fields, its hint and its request id', async () => {
  server.use(
    http.post(api('/jobs/'), () =>
      problem(400, {
        detail: 'Two fields are wrong.',
        hint: 'Mend them.',
        request_id: 'abc',
        errors: [{ field: 'priority', message: 'At most 10.' }],
      }),
    ),
  );
  const failure = await failureOf(createJob({ name: 'x', priority: 11 }, 'key-2'));
  expect(failure).toMatchObject({ message: 'Two fields are wrong.', hint: 'Mend them.', requestId: 'abc' });
  expect(failure.field('priority')).toBe('At most 10.');
  expect(failure.field('name')).toBeUndefined();
});

test("a proxy's HTML error becomes a problem too", async () => {
  server.use(http.get(api('/jobs/1/'), () => new HttpResponse('<h1>Bad gateway</h1>', { status: 502 })));
  expect(await failureOf(fetchJob(1))).toMatchObject({ status: 502, title: 'The server answered 502' });
});

test('no answer at all says what to check', async () => {
  server.use(http.get(api('/jobs/1/'), () => HttpResponse.error()));
  const failure = await failureOf(fetchJob(1));
  expect(failure.status).toBe(0);
  expect(failure.hint).toMatch(/make run/);
});

test('a request that the page gave up is no problem to show', async () => {
  const controller = new AbortController();
  controller.abort();
  await expect(fetchJob(1, controller.signal)).rejects.toHaveProperty('name', 'AbortError');
});

import { http, HttpResponse, ws } from 'msw';
import { setupServer } from 'msw/node';
import type { JobPage } from '@/services/jobs';
import { jobFactory } from '@/test/jobFactory';
import { meFactory, statsFactory } from '@/test/factories';

/** The address of an API path as the tests' pages ask for it. */
export function api(path: string): string {
  return `http://localhost/api${path}`;
}

export function problem(status: number, body: Record<string, unknown> = {}) {
  return HttpResponse.json(
    {
      type: 'about:blank',
      title: 'Refused',
      status,
      detail: 'It was refused.',
      request_id: 'req-1',
      ...body,
    },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  );
}

export function pageOf(results: JobPage['results'], count = results.length): JobPage {
  return {
    count,
    count_kind: 'exact',
    next: null,
    previous: null,
    next_cursor: null,
    searched_until: null,
    results,
  };
}

/** Accepts connections and says nothing; tests about live news drive a FakeSocket instead. */
const silence = ws.link('ws://localhost/ws/').addEventListener('connection', () => undefined);

/** Answers of a small, healthy Jobdeck; a test overrides what it is about. */
export const server = setupServer(
  silence,
  http.get(api('/me/'), () => HttpResponse.json(meFactory())),
  http.get(api('/jobs/stats/'), () => HttpResponse.json(statsFactory())),
  http.get(api('/jobs/'), () => HttpResponse.json(pageOf([jobFactory.running(), jobFactory.failed()]))),
  http.get(api('/jobs/:id/dependencies/'), () =>
    HttpResponse.json({ depends_on: [], needed_by: [], needed_by_count: 0 }),
  ),
  http.get(api('/operations/'), () => HttpResponse.json({ next_cursor: null, results: [] })),
  http.get(api('/workers/'), () => HttpResponse.json({ results: [] })),
  http.get(api('/jobs/search/suggest/'), () => HttpResponse.json({ start: 0, end: 0, suggestions: [] })),
);

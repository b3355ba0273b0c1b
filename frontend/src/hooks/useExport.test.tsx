import { act, screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { useExport } from '@/hooks/useExport';
import type { ExportWanted } from '@/services/exports';
import { saveFile } from '@/utils/download';
import { renderAppHook } from '@/test/render';
import { api, problem, server } from '@/test/server';

jest.mock('@/utils/download', () => ({ saveFile: jest.fn() }));

const ROWS = '{"id":1}\n{"id":2}\n';
const END = '{"complete":true,"until":2}\n';
const WANTED: ExportWanted = {
  format: 'ndjson',
  columns: ['id', 'name'],
  query: { status: ['FAILED'], ordering: '-created_at', page: 3, size: 20 },
};

beforeEach(() => jest.mocked(saveFile).mockClear());

async function exported(body: BodyInit | Response) {
  let asked = '';
  server.use(
    http.get(api('/jobs/export/'), ({ request }) => {
      asked = new URL(request.url).search;
      return body instanceof Response ? body : new HttpResponse(body);
    }),
  );
  const { result } = renderAppHook(() => useExport());
  await act(() => result.current.start(WANTED));
  return { asked, result };
}

test('what the filter shows is saved, whatever page is shown', async () => {
  const { asked, result } = await exported(ROWS + END);

  expect(asked).toBe('?status=FAILED&format=ndjson&columns=id%2Cname&bom=false');
  const [file, name] = jest.mocked(saveFile).mock.lastCall ?? [];
  expect(await file?.text()).toBe(ROWS + END);
  expect(name).toMatch(/^jobs-\d{4}-\d\d-\d\d\.ndjson$/);
  expect(result.current.progress).toBeNull();
  expect(screen.getByText('The export is in your downloads')).toBeVisible();
});

test('a file that does not end as a whole one is not saved', async () => {
  await exported(ROWS);

  expect(saveFile).not.toHaveBeenCalled();
  expect(screen.getByText('The file did not arrive whole, so it was not kept.')).toBeVisible();
});

test('a refusal is told', async () => {
  await exported(problem(503, { detail: 'The database is away.' }));

  expect(saveFile).not.toHaveBeenCalled();
  expect(screen.getByText('The database is away.')).toBeVisible();
});

test('it can be stopped, and then saves nothing', async () => {
  server.use(
    http.get(
      api('/jobs/export/'),
      () =>
        new HttpResponse(
          new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(ROWS)) }),
        ),
    ),
  );
  const { result } = renderAppHook(() => useExport());
  let over: Promise<void> = Promise.resolve();
  act(() => {
    over = result.current.start(WANTED);
  });
  await waitFor(() => expect(result.current.progress).not.toBeNull());

  await act(async () => {
    result.current.progress?.stop();
    await over;
  });
  expect(saveFile).not.toHaveBeenCalled();
  expect(screen.getByText('The export was stopped; nothing was saved')).toBeVisible();
});

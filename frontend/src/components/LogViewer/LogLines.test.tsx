import { screen, waitFor } from '@testing-library/react';
import { LogLines } from '@/components/LogViewer/LogLines';
import type { LogQuery, LogSlice } from '@/services/jobs';
import { LogReader } from '@/services/logReader';
import { renderApp } from '@/test/render';
import { useSyncExternalStore } from 'react';

const LONG = 3 * 1024 * 1024;
const TEXT = `before\n${'x'.repeat(LONG)}\nafter\n`;

/** Answers as the API does; a tail is cut to whole lines within its limit. */
function fetchSlice(query: LogQuery): Promise<LogSlice> {
  const offset = query.tail === undefined ? (query.offset ?? 0) : TEXT.indexOf('after');
  const text = TEXT.slice(offset, offset + (query.limit ?? TEXT.length));
  return Promise.resolve({
    stream: 'stdout',
    attempt: 1,
    offset,
    next_offset: offset + text.length,
    size: TEXT.length,
    complete: true,
    first_line: TEXT.slice(0, offset).split('\n').length - 1,
    text,
  });
}

function Lines({ reader }: { reader: LogReader }) {
  const state = useSyncExternalStore(reader.watch, reader.getState);
  if (state.window.count === 0) return null;
  return <LogLines log={{ ...state, reader }} label="log" wrap={false} line={null} lineHref={() => ''} />;
}

test('where a line of megabytes comes before the last, what does not fill the box can still be left', async () => {
  const reader = new LogReader(fetchSlice, { stream: 'stdout', attempt: 1 });
  await reader.open();
  expect(reader.getState().window.firstLine).toBe(3);
  const { user } = renderApp(<Lines reader={reader} />);
  await waitFor(() => expect(reader.getState().window.firstLine).toBe(2));
  const first = await screen.findByRole('button', { name: 'First line' });
  expect(screen.queryByRole('button', { name: 'Go to the end' })).toBeNull();
  await user.click(first);
  await waitFor(() => expect(reader.getState().window.line(0).text).toBe('before'));
  await user.click(screen.getByRole('button', { name: 'Go to the end' }));
  await waitFor(() => expect(reader.atEnd).toBe(true));
  expect(reader.getState().window.lastLine).toBe(3);
});

import type { LogQuery, LogSlice } from '@/services/jobs';
import type { LogsFrame } from '@/services/live';
import { LogReader, STEP } from '@/services/logReader';
import { BOUNDS } from '@/utils/logWindow';

/** A server's end: answers by offset, limit and tail as the API does. */
function logServer(text: string, complete = false) {
  const state = { bytes: Buffer.from(text), complete, asked: [] as LogQuery[] };
  const fetchSlice = (query: LogQuery): Promise<LogSlice> => {
    state.asked.push(query);
    const { bytes } = state;
    const limit = query.limit ?? 65_536;
    const from =
      query.tail === undefined
        ? Math.min(query.offset ?? 0, bytes.length)
        : tailStart(bytes, query.tail, limit);
    const piece = bytes.subarray(from, from + limit);
    return Promise.resolve({
      stream: 'stdout',
      attempt: 1,
      offset: from,
      next_offset: from + piece.length,
      size: bytes.length,
      complete: state.complete,
      first_line: bytes.subarray(0, from).toString().split('\n').length - 1,
      text: piece.toString(),
    });
  };
  const grow = (more: string): LogsFrame => {
    const offset = state.bytes.length;
    state.bytes = Buffer.concat([state.bytes, Buffer.from(more)]);
    return {
      type: 'logs',
      id: 7,
      attempt: 1,
      stream: 'stdout',
      offset,
      next_offset: state.bytes.length,
      text: more,
      complete: false,
    };
  };
  return { state, grow, reader: new LogReader(fetchSlice, { stream: 'stdout', attempt: 1 }) };
}

function tailStart(bytes: Buffer, lines: number, limit: number): number {
  let at = bytes.length;
  for (let left = lines; at > 0 && left > 0; left--) at = bytes.lastIndexOf(10, at - 2) + 1;
  return at < bytes.length - limit ? bytes.indexOf(10, bytes.length - limit) + 1 : at;
}

const numbered = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => `line ${from + index}\n`).join('');

function shown(reader: LogReader): string[] {
  const { window } = reader.getState();
  return Array.from({ length: window.count }, (_, index) => window.line(index).text);
}

test('opens at the end, with the true line numbers', async () => {
  const { reader } = logServer(numbered(50_000));
  await reader.open();
  const { window } = reader.getState();
  expect(window.lastLine).toBe(50_000);
  expect(window.firstLine).toBe(49_001);
  expect(window.line(0).text).toBe('line 49001');
});

test('earlier pieces come before, without a gap, down to the first line', async () => {
  const { reader } = logServer(numbered(40_000));
  await reader.open();
  while (reader.getState().window.start > 0) await reader.earlier();
  const lines = shown(reader);
  expect(lines[0]).toBe('line 1');
  const { firstLine } = reader.getState().window;
  expect(lines.every((text, index) => text === `line ${firstLine + index}`)).toBe(true);
});

test('a character that the chosen offset cut in two is whole in the end', async () => {
  const { reader } = logServer(`${'é€😀'.repeat(60_000)}\n${numbered(1_500)}`);
  await reader.open();
  while (reader.getState().window.start > 0) await reader.earlier();
  expect(reader.getState().window.line(0).text).not.toContain('\ufffd');
  expect(reader.getState().window.start).toBe(0);
});

test('a frame that follows on is added without asking', async () => {
  const { reader, grow, state } = logServer(numbered(3));
  await reader.open();
  const asked = state.asked.length;
  reader.frame(grow('line 4\n'));
  expect(shown(reader).at(-1)).toBe('line 4');
  expect(state.asked).toHaveLength(asked);
});

test('a frame after a gap makes the reader fetch what is missing', async () => {
  const { reader, grow } = logServer(numbered(3));
  await reader.open();
  grow('line 4\n');
  reader.frame(grow('line 5\n'));
  await reader.catchUp();
  expect(shown(reader).slice(-2)).toEqual(['line 4', 'line 5']);
});

test('a frame that comes twice changes nothing', async () => {
  const { reader, grow } = logServer(numbered(3));
  await reader.open();
  const frame = grow('line 4\n');
  reader.frame(frame);
  reader.frame(frame);
  expect(shown(reader)).toHaveLength(4);
});

test('frames of another stream or attempt are not taken', async () => {
  const { reader, grow } = logServer(numbered(3));
  await reader.open();
  reader.frame({ ...grow('x\n'), stream: 'stderr' });
  reader.frame({ ...grow('x\n'), attempt: 2 });
  expect(shown(reader)).toHaveLength(3);
});

test('while an earlier place is read, new lines are counted, not added', async () => {
  const { reader, grow } = logServer(numbered(60_000));
  await reader.open();
  await reader.toStart();
  const before = reader.getState().window;
  reader.frame(grow('new\nnewer\n'));
  expect(reader.getState().window).toBe(before);
  expect(reader.getState().linesBeyond).toBe(2);
  await reader.toEnd();
  expect(shown(reader).at(-1)).toBe('newer');
});

test('finds a line in the middle of a large log whose lines differ in length', async () => {
  const uneven = Array.from(
    { length: 40_000 },
    (_, index) => `${index + 1} ${'.'.repeat((index * 7) % 90)}\n`,
  );
  const { reader, state } = logServer(uneven.join(''));
  await reader.toLine(12_345);
  const { window } = reader.getState();
  expect(window.line(12_345 - window.firstLine).text).toMatch(/^12345 /);
  expect(state.asked.length).toBeLessThan(12);
});

test('what is kept in memory stays within bounds', async () => {
  const { reader } = logServer(`${'z'.repeat(999)}\n`.repeat(9_000));
  await reader.open();
  for (let step = 0; step < 30; step++) await reader.earlier();
  const { window } = reader.getState();
  expect(window.end - window.start).toBeLessThanOrEqual(BOUNDS.bytes + STEP);
  expect(window.start).toBeLessThan(2_000_000);
});

test('a flood is followed without a pause for drawing, and old lines make room', async () => {
  const { reader, grow } = logServer(numbered(3));
  await reader.open();
  reader.follow(true);
  for (let batch = 0; batch < 40; batch++) reader.frame(grow(`${'f'.repeat(99)}\n`.repeat(2_000)));
  reader.frame(grow('the newest\n'));
  const { window } = reader.getState();
  expect(shown(reader).at(-1)).toBe('the newest');
  expect(window.lastLine).toBe(80_004);
  expect(window.end - window.start).toBeLessThanOrEqual(BOUNDS.bytes);
});

test('a flood that outruns the reading is caught up with in one step, as long as the end is followed', async () => {
  const { state, reader } = logServer(numbered(1_000));
  await reader.open();
  state.bytes = Buffer.from(numbered(200_000));
  const whole = reader.catchUp();
  state.bytes = Buffer.from(numbered(900_000));
  state.complete = true;
  await whole;
  expect(shown(reader).at(-1)).toBe('line 900000');
  expect(reader.getState()).toMatchObject({ complete: true, size: reader.getState().window.end });
  expect(state.asked.length).toBeLessThan(5);
});

test('whoever reads an earlier place keeps it when a flood comes', async () => {
  const { state, reader } = logServer(numbered(1_000));
  await reader.open();
  reader.follow(false);
  state.bytes = Buffer.from(numbered(900_000));
  await reader.catchUp();
  expect(shown(reader)[0]).toBe('line 1');
  expect(reader.atEnd).toBe(false);
});

test('an ended attempt is read to its end and is complete', async () => {
  const { reader, grow, state } = logServer(numbered(3));
  await reader.open();
  grow('the end\n');
  state.complete = true;
  await reader.catchUp();
  expect(shown(reader).at(-1)).toBe('the end');
  expect(reader.getState().complete).toBe(true);
});

test('a request that fails is told, and trying again clears it', async () => {
  let works = false;
  const { reader: healthy } = logServer(numbered(2));
  const reader = new LogReader(
    (query, signal) =>
      works
        ? (
            healthy as unknown as { fetchSlice: (q: LogQuery, s: AbortSignal) => Promise<LogSlice> }
          ).fetchSlice(query, signal)
        : Promise.reject(new Error('cut')),
    { stream: 'stdout', attempt: 1 },
  );
  await reader.open();
  expect(reader.getState().problem?.detail).toBe('cut');
  works = true;
  await reader.catchUp();
  expect(reader.getState().problem).toBeNull();
  expect(shown(reader)).toHaveLength(2);
});

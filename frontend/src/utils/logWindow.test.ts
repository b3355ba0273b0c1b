import { LogWindow, LONGEST_LINE } from '@/utils/logWindow';

const bytes = (text: string) => new TextEncoder().encode(text).length;

function slice(offset: number, text: string, first_line = 0) {
  return { offset, next_offset: offset + bytes(text), first_line, text };
}

function linesOf(window: LogWindow): string[] {
  return Array.from({ length: window.count }, (_, index) => window.line(index).text);
}

test('a line that arrives in pieces is one line', () => {
  const window = LogWindow.of(slice(0, 'one\ntw')).append(slice(6, 'o\nthr')).append(slice(11, 'ee\n'));
  expect(linesOf(window)).toEqual(['one', 'two', 'three']);
  expect(window.end).toBe(14);
});

test('what does not follow on directly is not added', () => {
  const window = LogWindow.of(slice(0, 'one\n'));
  expect(window.append(slice(9, 'gap\n'))).toBe(window);
  expect(window.append(slice(0, 'one\n'))).toBe(window);
});

test('earlier pieces join the line that they end in, and move the numbers', () => {
  const window = LogWindow.of(slice(10, 'four\nfive', 3)).prepend(slice(4, 'b\nc\nd-', 1));
  expect(window.firstLine).toBe(2);
  expect(linesOf(window)).toEqual(['b', 'c', 'd-four', 'five']);
  expect(window.lastLine).toBe(5);
});

test('trimming keeps the numbers of the lines that stay', () => {
  const big = 'x'.repeat(70_000);
  let window = LogWindow.of(slice(0, `${big}\n`));
  window = window.append(slice(70_001, `${big}\n`)).append(slice(140_002, 'last\n'));
  const head = window.trimHead({ bytes: 80_000, lines: 10 });
  expect(head.lastLine).toBe(window.lastLine);
  expect(head.line(head.count - 1).text).toBe('last');
  const tail = window.trimTail({ bytes: 80_000, lines: 10 });
  expect(tail.firstLine).toBe(1);
  expect(tail.end).toBeLessThan(window.end);
});

test('a progress bar shows its last drawing, Windows line ends show nothing', () => {
  const window = LogWindow.of(slice(0, '10%\r50%\r')).append(slice(8, '100%\r\nok\r\n'));
  expect(linesOf(window)).toEqual(['100%', 'ok']);
});

test('a line of megabytes is cut, and says how much is left out', () => {
  const piece = 'y'.repeat(100_000);
  const window = LogWindow.of(slice(0, piece)).append(slice(100_000, piece));
  expect(window.count).toBe(1);
  expect(window.line(0).text).toHaveLength(LONGEST_LINE);
  expect(window.line(0).left).toBe(200_000 - LONGEST_LINE);
});

test('an empty log has no lines, one with an unfinished line has it', () => {
  expect(LogWindow.of(slice(0, '')).count).toBe(0);
  expect(linesOf(LogWindow.of(slice(0, '')).append(slice(0, 'hi')))).toEqual(['hi']);
});

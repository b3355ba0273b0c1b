import { parseAnsi } from '@/utils/ansi';

const ESC = '\u001b';

test('text without colours is one plain segment', () => {
  expect(parseAnsi('plain <b>text</b>')).toEqual([
    expect.objectContaining({ text: 'plain <b>text</b>', colour: null, background: null }),
  ]);
});

test('the eight colours, bright ones too, become names of the theme', () => {
  const [red, , blue] = parseAnsi(`${ESC}[31mbad${ESC}[0m and ${ESC}[1;94mgood${ESC}[0m`);
  expect(red).toMatchObject({ text: 'bad', colour: 'red' });
  expect(blue).toMatchObject({ text: 'good', colour: 'blue', bold: true });
});

test.each([
  ['38;5;196', 'red'],
  ['38;5;46', 'green'],
  ['38;5;240', 'black'],
  ['38;5;255', 'white'],
  ['38;2;255;200;0', 'yellow'],
  ['38;2;10;10;250', 'blue'],
])('the colour %s is shown as the nearest, %s', (code, colour) => {
  expect(parseAnsi(`${ESC}[${code}mx${ESC}[0m`)[0]).toMatchObject({ text: 'x', colour });
});

test('what is told to the terminal, or moves its cursor, is left out', () => {
  const line = `${ESC}]0;title\u0007${ESC}]8;;http://x\u001b\\link${ESC}]8;;\u001b\\${ESC}[2K${ESC}[1Gend\u0000\u0008`;
  const text = parseAnsi(line)
    .map((each) => each.text)
    .join('');
  expect(text).toBe('linkend');
});

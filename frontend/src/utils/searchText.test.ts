import { accept, around, characters, useful } from '@/utils/searchText';

const suggestion = (text: string) => ({ text, says: '', jobs: null });

test('places are counted in characters, as the server counts them', () => {
  expect(characters('🎉 status', 3)).toBe(2);
  expect(around('🎉 stauts:x', 2)).toEqual(['🎉 ', 's', 'tauts:x']);
  expect(around('a', 1)).toEqual(['a', '', '']);
});

test.each([
  ['🎉 sta', 2, 5, 'status:', '🎉 status:|'],
  ['status:fa', 7, 9, 'failed', 'status:failed |'],
  ['status:fa,cancelled', 7, 9, 'failed', 'status:failed|,cancelled'],
])('in %s a suggestion takes its place, and the caret goes behind it', (text, start, end, chosen, after) => {
  const { text: accepted, caret } = accept(text, { start, end, suggestions: [] }, suggestion(chosen));
  expect(`${accepted.slice(0, caret)}|${accepted.slice(caret)}`).toBe(after);
});

test('what stands there already is not suggested', () => {
  const suggestions = [suggestion('failed'), suggestion('failed too')];
  expect(useful('status:failed', { start: 7, end: 13, suggestions })).toEqual([suggestion('failed too')]);
});

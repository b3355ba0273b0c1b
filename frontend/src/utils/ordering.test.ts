import { ariaSort, isOrdering, nextOrdering } from '@/utils/ordering';

test('a first click shows the newest or greatest first, and names from A', () => {
  expect(nextOrdering('name', 'priority')).toBe('-priority');
  expect(nextOrdering('-created_at', 'name')).toBe('name');
});

test('a second click turns the order around', () => {
  expect(nextOrdering('-priority', 'priority')).toBe('priority');
  expect(nextOrdering('name', 'name')).toBe('-name');
});

test('the order is told to assistive technology', () => {
  expect(ariaSort('-name', 'name')).toBe('descending');
  expect(ariaSort('name', 'name')).toBe('ascending');
  expect(ariaSort('name', 'priority')).toBe('none');
});

test('an order that the address made up is none', () => {
  expect(isOrdering('-priority')).toBe(true);
  expect(isOrdering('password')).toBe(false);
  expect(isOrdering(null)).toBe(false);
});

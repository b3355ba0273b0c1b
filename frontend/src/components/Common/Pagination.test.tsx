import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { nearby } from '@/components/Common/Pagination';
import { ListPages, type Place } from '@/components/JobList/ListPages';
import type { JobPage } from '@/services/jobs';
import { jobFactory } from '@/test/jobFactory';
import { pageOf } from '@/test/server';

const go = jest.fn();
const size = jest.fn();
beforeEach(() => jest.resetAllMocks());

function pages(page: Partial<JobPage>, at: Partial<Place> = {}) {
  const whole = { ...pageOf([jobFactory.running(), jobFactory.failed()]), ...page };
  render(<ListPages page={whole} at={{ page: 1, cursor: '', size: 20, ...at }} go={go} onSize={size} />);
}

test.each([
  [1, 1, [1]],
  [1, 5, [1, 2, null, 5]],
  [3, 5, [1, 2, 3, 4, 5]],
  [10, 500, [1, null, 9, 10, 11, null, 500]],
])('at page %d of %d it offers %j', (current, last, offered) => {
  expect(nearby(current, last)).toEqual(offered);
});

test('it says which rows these are, of how many', () => {
  pages({ count: 4212 }, { page: 3 });
  expect(screen.getByText('41–42 of 4,212')).toBeInTheDocument();
});

test('a count that is a lower bound says so', () => {
  pages({ count: 10_000, count_kind: 'at_least' });
  expect(screen.getByText('1–2 of at least 10,000')).toBeInTheDocument();
});

test('the first page has none before it', async () => {
  pages({ count: 40, next: 'http://localhost/api/jobs/?page=2' });
  expect(screen.getByRole('button', { name: 'Previous page' })).toBeDisabled();
  await userEvent.click(screen.getByRole('button', { name: 'Next page' }));
  expect(go).toHaveBeenCalledWith({ page: 2 });
});

test('past the last page number it goes on by cursor', async () => {
  pages({ count: 250_000, next_cursor: 'abc' }, { page: 500 });
  expect(screen.getByRole('button', { name: 'Page 500' })).toHaveAttribute('aria-current', 'page');
  expect(screen.queryByRole('button', { name: 'Page 501' })).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Next page' }));
  expect(go).toHaveBeenCalledWith({ cursor: 'abc' });
});

test('by cursor there are no page numbers, and no invented row numbers', () => {
  pages({ count: 250_000 }, { cursor: 'abc' });
  expect(screen.queryByRole('button', { name: /^Page/ })).toBeNull();
  expect(screen.getByText('2 of 250,000')).toBeInTheDocument();
});

test('the number of rows can be chosen', async () => {
  pages({});
  await userEvent.selectOptions(screen.getByLabelText('Rows'), '50');
  expect(size).toHaveBeenCalledWith(50);
});

import { createRef } from 'react';
import { act, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MoreFilters, type MoreFilterValues } from '@/components/JobList/MoreFilters';
import { NameFilter } from '@/components/JobList/NameFilter';
import { StatusChips } from '@/components/JobList/StatusChips';

const change = jest.fn();
beforeEach(() => jest.resetAllMocks());

describe('status chips', () => {
  const counts = { PENDING: 3, RUNNING: 2, COMPLETED: 41_845, FAILED: 4, CANCELLED: 0 };

  test('show exact totals', () => {
    render(<StatusChips chosen={[]} counts={counts} total={41_854} onChange={change} />);
    expect(screen.getByRole('button', { name: 'Completed 41,845' })).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'All 41,854' })).toHaveAttribute('aria-pressed', 'true');
  });

  test('add to one another, and All takes them away', async () => {
    render(<StatusChips chosen={['RUNNING']} counts={counts} total={0} onChange={change} />);
    await userEvent.click(screen.getByRole('button', { name: /Failed/ }));
    expect(change).toHaveBeenLastCalledWith(['RUNNING', 'FAILED']);
    await userEvent.click(screen.getByRole('button', { name: /Running/ }));
    expect(change).toHaveBeenLastCalledWith([]);
    await userEvent.click(screen.getByRole('button', { name: /All/ }));
    expect(change).toHaveBeenLastCalledWith([]);
  });

  test('invent no number before one is known', () => {
    render(<StatusChips chosen={[]} counts={undefined} total={undefined} onChange={change} />);
    expect(screen.getByRole('button', { name: 'Failed –' })).toBeInTheDocument();
  });
});

describe('the name filter', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const filter = (value: string) => <NameFilter value={value} onChange={change} inputRef={createRef()} />;
  const box = () => screen.getByRole('searchbox', { name: 'Filter by name' });
  const type = (text: string) => fireEvent.change(box(), { target: { value: text } });
  const pause = () => act(() => jest.advanceTimersByTime(300));

  test('waits until the typing pauses', () => {
    render(filter(''));
    type('r');
    type('re');
    expect(change).not.toHaveBeenCalled();
    pause();
    expect(change.mock.calls).toEqual([['re']]);
  });

  test('follows the address when Back changes it', () => {
    const { rerender } = render(filter('resnet'));
    rerender(filter(''));
    expect(box()).toHaveValue('');
    pause();
    expect(change).not.toHaveBeenCalled();
  });

  test('keeps what was typed while its own news come back', () => {
    const { rerender } = render(filter(''));
    type('res');
    pause();
    type('resn');
    rerender(filter('res'));
    expect(box()).toHaveValue('resn');
  });
});

describe('more filters', () => {
  const none: MoreFilterValues = { priorityMin: null, priorityMax: null, createdFrom: '', createdTo: '' };

  test('set a range of priorities and of days', async () => {
    render(<MoreFilters value={none} onChange={change} />);
    await userEvent.click(screen.getByRole('button', { name: 'Filters' }));
    const [lowest, first] = screen.getAllByLabelText('From');
    if (!lowest || !first) throw new Error('a field is missing');
    await userEvent.selectOptions(lowest, '8');
    expect(change).toHaveBeenLastCalledWith({ priorityMin: 8 });
    fireEvent.change(first, { target: { value: '2026-11-01' } });
    expect(change).toHaveBeenLastCalledWith({ createdFrom: '2026-11-01' });
  });

  test('say how many are in use while closed, and clear them all', async () => {
    render(<MoreFilters value={{ ...none, priorityMin: 8, createdTo: '2026-11-01' }} onChange={change} />);
    await userEvent.click(screen.getByRole('button', { name: 'Filters, 2 in use' }));
    await userEvent.click(screen.getByRole('button', { name: 'Clear' }));
    expect(change).toHaveBeenCalledWith(none);
  });
});

import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MoreFilters, type MoreFilterValues } from '@/components/JobList/MoreFilters';
import { StatusChips } from '@/components/JobList/StatusChips';

const change = jest.fn();
beforeEach(() => jest.resetAllMocks());

describe('status chips', () => {
  const counts = { PENDING: 3, RUNNING: 2, COMPLETED: 41_845, FAILED: 4, CANCELLED: 0 };

  test('show exact totals', () => {
    render(<StatusChips chosen={[]} counts={counts} total={41_854} onToggle={change} onAll={change} />);
    expect(screen.getByRole('button', { name: 'Completed 41,845' })).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'All 41,854' })).toHaveAttribute('aria-pressed', 'true');
  });

  test('say which are chosen', () => {
    render(<StatusChips chosen={['RUNNING']} counts={counts} total={0} onToggle={change} onAll={change} />);
    const pressed = screen.getAllByRole('button', { pressed: true });
    expect(pressed.map((chip) => chip.textContent)).toEqual(['Running2']);
  });

  test('invent no number before one is known', () => {
    render(<StatusChips chosen={[]} counts={undefined} total={undefined} onToggle={change} onAll={change} />);
    expect(screen.getByRole('button', { name: 'Failed –' })).toBeInTheDocument();
  });

  test('have none where nobody counts', () => {
    render(
      <StatusChips chosen={[]} counts={counts} total={9} counted={false} onToggle={change} onAll={change} />,
    );
    expect(screen.getByRole('button', { name: 'Failed' })).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'All' })).toBeInTheDocument();
  });
});

describe('more filters', () => {
  const none: MoreFilterValues = {
    priorityMin: null,
    priorityMax: null,
    createdFrom: '',
    createdTo: '',
    archived: false,
  };

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

  test('lead to the archive', async () => {
    render(<MoreFilters value={none} onChange={change} />);
    await userEvent.click(screen.getByRole('button', { name: 'Filters' }));
    await userEvent.click(screen.getByRole('checkbox', { name: 'Archived jobs' }));
    expect(change).toHaveBeenLastCalledWith({ archived: true });
  });

  test('say how many are in use while closed, and clear them all', async () => {
    render(<MoreFilters value={{ ...none, priorityMin: 8, createdTo: '2026-11-01' }} onChange={change} />);
    await userEvent.click(screen.getByRole('button', { name: 'Filters, 2 in use' }));
    await userEvent.click(screen.getByRole('button', { name: 'Clear' }));
    expect(change).toHaveBeenCalledWith(none);
  });
});

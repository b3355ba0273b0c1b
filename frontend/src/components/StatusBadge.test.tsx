import { render, screen } from '@testing-library/react';
import { StatusBadge } from '@/components/StatusBadge';
import { STATUSES } from '@/utils/status';

test('every status is told by a word and an icon, not by colour alone', () => {
  for (const status of STATUSES) {
    const { container, unmount } = render(<StatusBadge status={status} />);
    expect(container.textContent).toMatch(new RegExp(status, 'i'));
    expect(container.querySelector('svg')).toHaveAttribute('aria-hidden');
    unmount();
  }
});

test('a running job whose cancel was asked for says so', () => {
  render(<StatusBadge status="RUNNING" cancelling />);
  expect(screen.getByText('Cancelling')).toBeInTheDocument();
});

test('a job that ended before its cancel shows how it ended', () => {
  render(<StatusBadge status="COMPLETED" cancelling />);
  expect(screen.getByText('Completed')).toBeInTheDocument();
});

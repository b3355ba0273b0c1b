import { render, screen } from '@testing-library/react';
import { LiveBadge } from '@/components/Layout/LiveBadge';

test.each([
  ['connected', 3, 'Live'],
  ['polling', 3, 'Polling'],
  ['polling', 90, 'No answer'],
  ['paused', 90, 'Paused'],
] as const)('%s, last heard of %d s ago, reads "%s"', (status, age, word) => {
  render(<LiveBadge state={{ status, updatedAt: Date.now() - age * 1000 }} />);
  expect(screen.getByRole('status')).toHaveTextContent(word);
});

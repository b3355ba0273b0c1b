import { screen, within } from '@testing-library/react';
import { AttemptsTable } from './AttemptsTable';
import { attemptFactory } from '@/test/jobFactory';
import { renderApp } from '@/test/render';

const row = (attempt: number) =>
  within(screen.getByRole('cell', { name: String(attempt) }).closest('tr') as HTMLElement);

test('an attempt that ended unseen says that it was not measured, in place of zeros', () => {
  const usage = { max_rss_mb: 0, cpu_seconds: 0, read_mb: 0, write_mb: 0 };
  renderApp(
    <AttemptsTable
      attempts={[
        attemptFactory({ number: 1, ended_at: '2026-11-23T20:01:00Z', reason: 'worker_lost' }),
        attemptFactory({ number: 2, ended_at: '2026-11-23T20:02:00Z', usage }),
        attemptFactory({ number: 3 }),
      ]}
    />,
  );
  expect(row(1).getByText('not measured')).toBeInTheDocument();
  expect(row(2).queryByText('not measured')).not.toBeInTheDocument();
  expect(row(3).queryByText('not measured')).not.toBeInTheDocument();
});

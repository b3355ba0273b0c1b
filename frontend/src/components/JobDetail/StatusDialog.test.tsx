import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { StatusDialog } from '@/components/JobDetail/StatusDialog';
import type { Job } from '@/services/jobs';
import { detailOf, jobFactory } from '@/test/jobFactory';

function open(job: Job) {
  const onReport = jest.fn();
  render(
    <StatusDialog
      job={detailOf(job)}
      busy={false}
      problem={null}
      onReport={onReport}
      onClose={() => undefined}
    />,
  );
  return { onReport, user: userEvent.setup() };
}

const offered = () => screen.getAllByRole('radio').map((radio) => (radio as HTMLInputElement).value);

test('a waiting tracked job can go anywhere but back', () => {
  open(jobFactory.tracked());
  expect(offered()).toEqual(['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED']);
});

test('a running one may report that it still runs, or end', () => {
  open(jobFactory.running({ kind: 'tracked', command: '' }));
  expect(offered()).toEqual(['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED']);
  expect(screen.getByLabelText('Still running')).toBeChecked();
});

test('a completion carries its result as JSON', async () => {
  const { onReport, user } = open(jobFactory.tracked());
  await user.click(screen.getByLabelText('Completed'));
  await user.type(screen.getByLabelText(/Result as JSON/), '{{"loss": 0.1}');
  await user.click(screen.getByRole('button', { name: 'Set completed' }));
  expect(onReport).toHaveBeenCalledWith({ status_type: 'COMPLETED', result_data: { loss: 0.1 } });
});

test('what is not JSON, and a progress past 100, are refused at their fields', async () => {
  const { onReport, user } = open(jobFactory.tracked());
  await user.click(screen.getByLabelText('Failed'));
  await user.type(screen.getByLabelText(/Result as JSON/), 'nope');
  await user.type(screen.getByLabelText(/Progress/), '101');
  await user.click(screen.getByRole('button', { name: 'Set failed' }));
  expect(await screen.findByText(/This is not JSON/)).toBeInTheDocument();
  expect(screen.getByLabelText(/Progress/)).toBeInvalid();
  expect(onReport).not.toHaveBeenCalled();
});

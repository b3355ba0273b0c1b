import { act, fireEvent, render, screen } from '@testing-library/react';
import { Toasts } from '@/components/Common/Toasts';
import { ToastProvider, useToasts, type Toast } from '@/contexts/ToastContext';

const undo = jest.fn();

function Shower({ toast }: { toast: Omit<Toast, 'id'> }) {
  const { show } = useToasts();
  return (
    <button type="button" onClick={() => show(toast)}>
      show
    </button>
  );
}

function showing(toast: Omit<Toast, 'id'>) {
  render(
    <ToastProvider>
      <Shower toast={toast} />
      <Toasts />
    </ToastProvider>,
  );
  fireEvent.click(screen.getByText('show'));
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const wait = (ms: number) => act(() => jest.advanceTimersByTime(ms));

test('good news leave by themselves', () => {
  showing({ tone: 'done', title: 'Deleted job-1' });
  expect(screen.getByText('Deleted job-1')).toBeInTheDocument();
  wait(20_000);
  expect(screen.queryByText('Deleted job-1')).toBeNull();
});

test('a failure stays until it is dismissed', () => {
  showing({ tone: 'failed', title: 'Not deleted' });
  wait(600_000);
  fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
  expect(screen.queryByText('Not deleted')).toBeNull();
});

test('what is being read or reached for does not leave', () => {
  showing({ tone: 'done', title: 'Cancelled job-1', action: { label: 'Put it back', run: undo } });
  fireEvent.mouseEnter(screen.getByRole('region', { name: 'Notifications' }));
  wait(600_000);
  fireEvent.click(screen.getByRole('button', { name: 'Put it back' }));
  expect(undo).toHaveBeenCalledTimes(1);
  expect(screen.queryByText('Cancelled job-1')).toBeNull();
});

test('no more than four are shown at once', () => {
  showing({ tone: 'failed', title: 'Not deleted' });
  for (let more = 0; more < 6; more++) fireEvent.click(screen.getByText('show'));
  expect(screen.getAllByText('Not deleted')).toHaveLength(4);
});

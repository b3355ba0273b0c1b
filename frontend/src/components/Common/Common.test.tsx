import { act, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Button } from '@/components/Common/Button';
import { Disclosure } from '@/components/Common/Disclosure';
import { Duration } from '@/components/Common/Duration';
import { ErrorAlert } from '@/components/Common/ErrorAlert';
import { MiddleTruncate } from '@/components/Common/MiddleTruncate';
import { RelativeTime } from '@/components/Common/RelativeTime';
import { ProgressBar } from '@/components/ProgressBar';
import { ProblemError } from '@/services/problem';

test('a busy button cannot be pressed twice', async () => {
  const press = jest.fn();
  render(
    <Button busy onClick={press}>
      Delete
    </Button>,
  );
  await userEvent.click(screen.getByRole('button', { name: 'Delete' }));
  expect(press).not.toHaveBeenCalled();
});

test('an error says what happened, why, what to do and its request', async () => {
  const retry = jest.fn();
  const problem = new ProblemError(503, {
    title: 'The database does not answer',
    detail: 'It has been away for 12 seconds.',
    hint: 'Try again in a moment.',
    request_id: '9f2c41',
  });
  render(<ErrorAlert problem={problem} onRetry={retry} />);
  const alert = screen.getByRole('alert');
  for (const part of [
    'The database does not answer',
    'It has been away',
    'Try again in a moment.',
    '9f2c41',
  ]) {
    expect(alert).toHaveTextContent(part);
  }
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(retry).toHaveBeenCalledTimes(1);
});

test('a name that fits is one piece of text', () => {
  render(<MiddleTruncate text="variant-calling-sample-chr17" />);
  expect(screen.getByText('variant-calling-sample-chr17')).toBeInTheDocument();
});

test('progress that was not reported is not drawn as zero', () => {
  render(<ProgressBar value={null} status="RUNNING" label="Progress" />);
  expect(screen.queryByRole('progressbar')).toBeNull();
  expect(screen.getByText('not reported')).toBeInTheDocument();
});

test('progress is told in figures too', () => {
  render(<ProgressBar value={63} status="RUNNING" label="Progress of train" />);
  expect(screen.getByRole('progressbar', { name: 'Progress of train' })).toHaveAttribute(
    'aria-valuenow',
    '63',
  );
  expect(screen.getByText('63%')).toBeInTheDocument();
});

describe('as time goes by', () => {
  beforeEach(() => jest.useFakeTimers({ now: new Date('2026-11-23T20:00:00Z') }));
  afterEach(() => jest.useRealTimers());

  test('a running duration ticks', () => {
    render(<Duration seconds={60} since="2026-11-23T19:59:00Z" />);
    expect(screen.getByText('1 min 00 s')).toBeInTheDocument();
    act(() => jest.advanceTimersByTime(5_000));
    expect(screen.getByText('1 min 05 s')).toBeInTheDocument();
  });

  test('an ended duration stands still', () => {
    render(<Duration seconds={60} />);
    act(() => jest.advanceTimersByTime(5_000));
    expect(screen.getByText('1 min 00 s')).toBeInTheDocument();
  });

  test('a relative time ages, and has the absolute one with its zone on hover', () => {
    render(<RelativeTime at="2026-11-23T19:59:30Z" />);
    expect(screen.getByText('30 seconds ago')).toHaveAttribute('title', expect.stringMatching(/2026.*UTC/));
    act(() => jest.advanceTimersByTime(60_000));
    expect(screen.getByText('1 minute ago')).toBeInTheDocument();
  });
});

describe('a disclosure', () => {
  beforeEach(() => {
    render(
      <>
        <Disclosure
          label="Theme"
          trigger={(props) => (
            <button type="button" {...props}>
              open
            </button>
          )}
        >
          {(close) => (
            <button type="button" onClick={close}>
              Dark
            </button>
          )}
        </Disclosure>
        <button type="button">elsewhere</button>
      </>,
    );
    fireEvent.click(screen.getByText('open'));
  });

  const isOpen = () => screen.queryByRole('button', { name: 'Dark' }) !== null;

  test('opens and says so', () => {
    expect(isOpen()).toBe(true);
    expect(screen.getByText('open')).toHaveAttribute('aria-expanded', 'true');
  });

  test('is closed by Escape, with the focus back on its button', () => {
    fireEvent.keyDown(document, { key: 'Escape' });
    expect(isOpen()).toBe(false);
    expect(screen.getByText('open')).toHaveFocus();
  });

  test('is closed by a click elsewhere, but not by one inside', () => {
    fireEvent.pointerDown(screen.getByText('Dark'));
    expect(isOpen()).toBe(true);
    fireEvent.pointerDown(screen.getByText('elsewhere'));
    expect(isOpen()).toBe(false);
  });

  test('is closed when the focus moves on', () => {
    act(() => screen.getByText('elsewhere').focus());
    expect(isOpen()).toBe(false);
  });
});

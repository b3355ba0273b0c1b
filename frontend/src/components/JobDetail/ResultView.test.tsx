import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ResultView } from '@/components/JobDetail/ResultView';

const PNG = 'data:image/png;base64,iVBORw0KGgo=';

function show(result: unknown) {
  return render(<ResultView result={result} ended onDownload={() => undefined} />);
}

test('a picture in the result is shown, wherever it stands, and named by its place', () => {
  show({ plots: [{ image: PNG }], note: 'ok' });
  expect(screen.getByRole('img')).toHaveAttribute('src', PNG);
  expect(screen.getByRole('img')).toHaveAccessibleName('Picture “plots[0].image” of the result');
});

test.each([
  'data:image/svg+xml;base64,PHN2Zz4=',
  'data:text/html;base64,PHNjcmlwdD4=',
  'https://example.com/a.png',
  'data:image/png;base64,"><script>',
])('%s is no picture', (value) => {
  show({ value });
  expect(screen.queryByRole('img')).not.toBeInTheDocument();
});

test('markup in a result stays text', () => {
  const { container } = show({ note: '<b>bold</b>' });
  expect(container.querySelector('b')).toBeNull();
  expect(screen.getByText(/<b>bold<\/b>/)).toBeInTheDocument();
});

test('branches open and close', async () => {
  show({ deep: { deeper: { deepest: 42 } } });
  expect(screen.queryByText('42')).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: /deeper/ }));
  expect(screen.getByText('42')).toBeInTheDocument();
});

test('a list of thousands shows a part, and the rest on demand', async () => {
  show(Array.from({ length: 5_000 }, (_, index) => `item ${index}`));
  expect(screen.getByText(/item 99/)).toBeInTheDocument();
  expect(screen.queryByText(/item 100/)).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: /100 more of 4,900 items/ }));
  expect(screen.getByText(/item 100/)).toBeInTheDocument();
});

test('no result says how a job leaves one', () => {
  show(null);
  expect(screen.getByText('It left no result')).toBeInTheDocument();
  expect(screen.getByText('$JOBDECK_RESULT')).toBeInTheDocument();
});

import { useRef, useState } from 'react';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { SearchBox } from '@/components/JobList/SearchBox';
import { SearchMistake } from '@/components/JobList/SearchMistake';

const STATUSES = [
  { text: 'failed', says: '', jobs: 1_204 },
  { text: 'pending', says: '', jobs: 3 },
];

function Box() {
  const [value, setValue] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const at = Array.from(value).length;
  const start = value.lastIndexOf(':') + 1;
  const suggestions = value.includes(':') ? STATUSES : [{ text: 'status:', says: 'The status', jobs: null }];
  return (
    <SearchBox
      inputRef={input}
      value={value}
      onChange={setValue}
      completion={{ start, end: at, suggestions }}
      onCaret={jest.fn()}
    />
  );
}

const box = () => screen.getByRole('combobox', { name: 'Search jobs' });

test('qualifiers and values are taken with the keyboard', async () => {
  render(<Box />);
  await userEvent.click(box());
  expect(screen.getByRole('option', { name: /status: The status/ })).toBeInTheDocument();
  await userEvent.keyboard('st{ArrowDown}{Enter}');
  expect(box()).toHaveValue('status:');
  expect(screen.getByRole('option', { name: 'failed 1,204' })).toBeInTheDocument();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{Tab}');
  expect(box()).toHaveValue('status:pending ');
  expect(box()).toHaveFocus();
});

test('a press takes a suggestion and keeps the focus', async () => {
  render(<Box />);
  await userEvent.click(box());
  await userEvent.click(screen.getByRole('option'));
  expect(box()).toHaveValue('status:');
  expect(box()).toHaveFocus();
});

test('Enter without a choice and Escape close the suggestions and keep the text', async () => {
  render(<Box />);
  await userEvent.type(box(), 'res{Enter}');
  expect(screen.queryByRole('option')).not.toBeInTheDocument();
  await userEvent.keyboard('n');
  expect(screen.getByRole('option')).toBeInTheDocument();
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('option')).not.toBeInTheDocument();
  expect(box()).toHaveValue('resn');
});

test('a mistake shows its character, what is wrong and a way out', () => {
  const mistake = {
    field: 'q',
    message: 'There is no qualifier stauts:.',
    hint: 'Did you mean status:?',
    position: 2,
  };
  render(<SearchMistake id="m" query="🎉 stauts:failed" mistake={mistake} />);
  expect(screen.getByRole('alert')).toHaveTextContent('🎉 stauts:failed');
  expect(screen.getByText('s', { selector: 'mark' })).toBeInTheDocument();
  expect(screen.getByRole('alert')).toHaveTextContent('Did you mean status:?');
});

import { fireEvent, render, screen } from '@testing-library/react';
import { ExportMenu } from '@/components/JobList/ExportMenu';
import { EXPORT_COLUMNS } from '@/utils/exportColumns';

const page = { count: 48_211, count_kind: 'exact' as const };
const nothing = () => undefined;

function open(props: Partial<Parameters<typeof ExportMenu>[0]> = {}) {
  render(<ExportMenu page={page} progress={null} onExport={nothing} {...props} />);
  fireEvent.click(screen.getByLabelText('Export', { selector: 'button' }));
}

const submit = () => fireEvent.click(screen.getByText('Export', { selector: 'button[type=submit]' }));

test('it says how many jobs it will be, and exports all columns as CSV unless told otherwise', () => {
  const onExport = jest.fn();
  open({ onExport });

  expect(screen.getByText('48,211 jobs: all that the filter shows.')).toBeVisible();
  submit();
  expect(onExport).toHaveBeenCalledWith('csv', []);
});

test('the format and the columns can be chosen; the id always comes', () => {
  const onExport = jest.fn();
  open({ onExport });

  fireEvent.click(screen.getByLabelText(/NDJSON/));
  fireEvent.click(screen.getByText('Only the id'));
  expect(screen.getByLabelText('id')).toBeDisabled();
  fireEvent.click(screen.getByLabelText('name'));
  submit();

  expect(onExport).toHaveBeenCalledWith('ndjson', ['id', 'name']);
  expect(EXPORT_COLUMNS).toContain('result_data');
});

test('a count that is a bound is told as one, and nothing is not exported', () => {
  open({ page: { count: 10_000, count_kind: 'at_least' } });
  expect(screen.getByText('At least 10,000 jobs: all that the filter shows.')).toBeVisible();
});

test('nothing is not exported', () => {
  open({ page: { count: 0, count_kind: 'exact' } });
  expect(screen.getByText('Export', { selector: 'button[type=submit]' })).toBeDisabled();
});

test('an export on its way tells how far it is and what is left, and can be stopped', () => {
  const stop = jest.fn();
  open({ progress: { lines: 12_053, bytes: 5 * 1024 * 1024, seconds: 4, stop } });

  expect(screen.getByText('12,053 of 48,211 jobs')).toBeVisible();
  expect(screen.getByText('5.0 MiB, 3,013 a second, about 12 s left')).toBeVisible();
  fireEvent.click(screen.getByText('Stop the export'));
  expect(stop).toHaveBeenCalled();
});

import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { PreferencesProvider } from '@/contexts/PreferencesContext';
import { useShortcuts } from '@/hooks/ui/useShortcuts';
import { readPreferences, writePreferences } from '@/utils/preferences';

const create = jest.fn();
const goToJobs = jest.fn();

function Page() {
  useShortcuts({ c: create, 'g j': goToJobs });
  return <input aria-label="name" />;
}

function open() {
  render(
    <PreferencesProvider>
      <Page />
    </PreferencesProvider>,
  );
}

beforeEach(() => jest.resetAllMocks());

test('a key does what it is for', async () => {
  open();
  await userEvent.keyboard('c');
  expect(create).toHaveBeenCalledTimes(1);
});

test('two keys one after the other do one thing', async () => {
  open();
  await userEvent.keyboard('j');
  expect(goToJobs).not.toHaveBeenCalled();
  await userEvent.keyboard('gj');
  expect(goToJobs).toHaveBeenCalledTimes(1);
});

test('typing into a field is typing', async () => {
  open();
  await userEvent.type(screen.getByLabelText('name'), 'cgj');
  expect(create).not.toHaveBeenCalled();
  expect(goToJobs).not.toHaveBeenCalled();
});

test("the browser's own shortcuts stay the browser's", async () => {
  open();
  await userEvent.keyboard('{Control>}c{/Control}');
  expect(create).not.toHaveBeenCalled();
});

test('they can be switched off', async () => {
  writePreferences({ ...readPreferences(), shortcuts: false });
  open();
  await userEvent.keyboard('c');
  expect(create).not.toHaveBeenCalled();
});

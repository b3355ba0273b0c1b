import { act, fireEvent, screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import Dashboard from '@/pages/Dashboard';
import { jobFactory } from '@/test/jobFactory';
import { renderApp } from '@/test/render';
import { api, pageOf, server } from '@/test/server';

const START = '/?queue=gpu&tag=nightly&page=3';
/** Longer than the pause of the typing after which a search begins. */
const PAUSE = 300;

// Found by text and label: by role would take most of the time of some hundred tests.
const press = (text: string) => fireEvent.click(screen.getByText(text, { selector: 'button' }));
const remove = (filter: string) => fireEvent.click(screen.getByLabelText(`Remove the filter ${filter}`));
const box = () => screen.getByLabelText('Search jobs');
const choose = (field: HTMLElement | undefined, value: string) =>
  fireEvent.change(field ?? box(), { target: { value } });
const [PRIORITY, CREATED] = [0, 1];

interface Change {
  make: () => void;
  /** What it does to the address. */
  to: (address: URLSearchParams) => void;
  /** Back does not undo it by itself: every letter would be a step. */
  silent?: true;
}

const CHANGES: Record<string, Change> = {
  'the search': {
    make: () => choose(box(), 'res'),
    to: (address) => address.set('q', 'res'),
    silent: true,
  },
  'a status': { make: () => press('Failed'), to: (address) => address.append('status', 'FAILED') },
  'another status': { make: () => press('Running'), to: (address) => address.append('status', 'RUNNING') },
  'the lowest priority': {
    make: () => choose(screen.getAllByLabelText('From')[PRIORITY], '3'),
    to: (address) => address.set('priority_min', '3'),
  },
  'the highest priority': {
    make: () => choose(screen.getAllByLabelText('To')[PRIORITY], '8'),
    to: (address) => address.set('priority_max', '8'),
  },
  'the first day': {
    make: () => choose(screen.getAllByLabelText('From')[CREATED], '2026-11-01'),
    to: (address) => address.set('created_from', '2026-11-01'),
  },
  'the last day': {
    make: () => choose(screen.getAllByLabelText('To')[CREATED], '2026-11-02'),
    to: (address) => address.set('created_to', '2026-11-02'),
  },
  'the queue': { make: () => remove('queue gpu'), to: (address) => address.delete('queue') },
  'the tag': { make: () => remove('tag nightly'), to: (address) => address.delete('tag') },
  'the order': { make: () => press('Priority'), to: (address) => address.set('ordering', '-priority') },
  'the rows per page': {
    make: () => choose(screen.getByLabelText('Rows'), '50'),
    to: (address) => address.set('size', '50'),
  },
};

const PAIRS = Object.keys(CHANGES).flatMap((first) =>
  Object.keys(CHANGES).flatMap((second) => (first === second ? [] : [{ first, second }])),
);

const AFTER_TYPING = PAIRS.filter(({ first }) => CHANGES[first]?.silent);

interface Timing {
  when: string;
  pairs: typeof PAIRS;
  run: (first: () => void, second: () => void) => void;
}

/** When the second change comes, and what the page could draw before. */
const TIMINGS: Timing[] = [
  {
    when: 'before the page shows the first',
    pairs: PAIRS,
    run: (first, second) =>
      act(() => {
        first();
        second();
      }),
  },
  {
    when: 'before the typing has paused',
    pairs: AFTER_TYPING,
    run: (first, second) => {
      first();
      act(() => jest.advanceTimersByTime(100));
      second();
    },
  },
  {
    when: 'just before the pause ends, on a page that is slow to draw',
    pairs: AFTER_TYPING,
    run: (first, second) => {
      first();
      act(() => {
        second();
        jest.advanceTimersByTime(PAUSE);
      });
    },
  },
];

/** The address after some changes, each parameter in its place. */
function after(...changes: (Change | undefined)[]): string {
  const address = new URLSearchParams(START.slice(2));
  for (const change of changes) change?.to(address);
  if (changes.length > 0) address.delete('page');
  return sorted(address);
}

function sorted(address: URLSearchParams): string {
  return [...address]
    .map((pair) => pair.join('='))
    .sort()
    .join('&');
}

const pause = () => act(() => jest.advanceTimersByTime(PAUSE));
const addressNow = () => sorted(new URLSearchParams(window.location.search));

async function open(at = START) {
  const jobs = Array.from({ length: 3 }, () => jobFactory.running());
  server.use(http.get(api('/jobs/'), () => HttpResponse.json(pageOf(jobs, 4_000))));
  const { router } = renderApp(<Dashboard />, { at });
  await screen.findByText(jobs[0]?.name ?? '');
  fireEvent.click(screen.getByLabelText('Filters', { selector: 'button' }));
  jest.useFakeTimers();
  return router;
}

afterEach(() => jest.useRealTimers());

describe.each(TIMINGS)('a second change $when keeps the first', ({ pairs, run }) => {
  test.each(pairs)('$first, then $second', async ({ first, second }) => {
    const [one, two] = [CHANGES[first], CHANGES[second]];
    if (!one || !two) throw new Error('no such change');
    await open();
    run(one.make, two.make);
    pause();
    expect(addressNow()).toBe(after(one, two));
    expect(box()).toHaveValue((one.silent ?? two.silent) ? 'res' : '');

    for (const change of [two, one]) {
      if (change.silent) continue;
      act(() => {
        window.history.back();
        jest.advanceTimersByTime(PAUSE);
      });
      if (change === two && !one.silent) expect(addressNow()).toBe(after(one));
    }
    expect(addressNow()).toBe(one.silent ? after(one) : after());
    expect(box()).toHaveValue(one.silent ? 'res' : '');
  });
});

test('a search begins once the typing pauses, in the place of the address before', async () => {
  await open('/');
  const before = window.history.length;
  choose(box(), 'r');
  choose(box(), 're');
  expect(addressNow()).toBe('');
  pause();
  expect(addressNow()).toBe('q=re');
  choose(box(), 'res');
  expect(box()).toHaveValue('res');
  pause();
  expect(addressNow()).toBe('q=res');
  expect(window.history.length).toBe(before);
});

test('a search that is typed and taken back changes nothing', async () => {
  await open();
  choose(box(), 'r');
  choose(box(), '');
  pause();
  expect(addressNow()).toBe(after());
});

test('whoever leaves before the typing pauses is not called back', async () => {
  const router = await open();
  choose(box(), 'res');
  await act(() => router.navigate('/jobs/7'));
  pause();
  expect(window.location.pathname).toBe('/jobs/7');
  expect(window.location.search).toBe('');
});

test('clearing the filter takes away what was only just typed', async () => {
  server.use(http.get(api('/jobs/'), () => HttpResponse.json(pageOf([]))));
  renderApp(<Dashboard />, { at: '/?queue=gpu' });
  const clear = await screen.findByText('Clear the filter');
  jest.useFakeTimers();
  choose(box(), 'res');
  fireEvent.click(clear);
  pause();
  expect(addressNow()).toBe('');
  expect(box()).toHaveValue('');
});

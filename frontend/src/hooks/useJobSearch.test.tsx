import { act, renderHook } from '@testing-library/react';
import { BrowserRouter, useLocation } from 'react-router';
import { PreferencesProvider } from '@/contexts/PreferencesContext';
import { NO_FILTERS, useJobSearch } from '@/hooks/useJobSearch';

function search(at: string) {
  window.history.replaceState(null, '', at);
  return renderHook(() => ({ ...useJobSearch(), address: useLocation().search }), {
    wrapper: ({ children }) => (
      <PreferencesProvider>
        <BrowserRouter>{children}</BrowserRouter>
      </PreferencesProvider>
    ),
  }).result;
}

test('an empty address asks for the newest twenty', () => {
  const { current } = search('/');
  expect(current.query).toEqual({ ordering: '-created_at', page: 1, size: 20 });
  expect(current.filtered).toBe(false);
});

test('every filter of the address reaches the API', () => {
  const { current } = search(
    '/?status=FAILED&status=RUNNING&q=resnet+tag%3Ax&priority_min=3&priority_max=8&queue=gpu&tag=nightly&ordering=name&page=2&size=50',
  );
  expect(current.query).toEqual({
    status: ['RUNNING', 'FAILED'],
    q: 'resnet tag:x',
    priority_min: 3,
    priority_max: 8,
    queue: ['gpu'],
    tag: ['nightly'],
    ordering: 'name',
    page: 2,
    size: 50,
  });
  expect(current.filtered).toBe(true);
});

test('days are whole days of the reader, the last one included', () => {
  const { current } = search('/?created_from=2026-11-01&created_to=2026-11-02');
  const from = new Date(2026, 10, 1).toISOString();
  const before = new Date(2026, 10, 3).toISOString();
  expect(current.query).toMatchObject({ created_after: from, created_before: before });
});

test('what an address cannot mean is left out instead of sent', () => {
  const { current } = search(
    '/?status=LOST&priority_min=99&created_from=soon&ordering=password&page=-4&size=7',
  );
  expect(current.query).toEqual({ ordering: '-created_at', page: 1, size: 20 });
});

test('a changed filter starts again at the first page', () => {
  const result = search('/?page=7&q=a');
  act(() => result.current.change({ q: 'ab' }));
  expect(result.current.address).toBe('?q=ab');
});

test('clearing keeps the order and takes every filter', () => {
  const result = search('/?status=FAILED&q=a&queue=gpu&priority_min=2&ordering=name');
  act(() => result.current.change(NO_FILTERS));
  expect(result.current.address).toBe('?ordering=name');
});

test('a cursor takes the place of the page number', () => {
  const result = search('/?page=500');
  act(() => result.current.change({ cursor: 'abc' }));
  expect(result.current.query).toMatchObject({ cursor: 'abc' });
  expect(result.current.query).not.toHaveProperty('page');
});

test('the archive is asked for in an order that it has', () => {
  expect(search('/?archived=true&ordering=name').current.query).toMatchObject({
    archived: true,
    ordering: '-created_at',
  });
  expect(search('/?archived=true&ordering=created_at').current.query).toMatchObject({
    ordering: 'created_at',
  });
});

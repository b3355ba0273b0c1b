import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';
import { server } from '@/test/server';

// Long enough for a busy machine; what is there is found at once all the same.
configure({ asyncUtilTimeout: 5_000 });

// As in the page that the server delivers: wherever the address leads, the API is below the root.
document.head.innerHTML = '<base href="/">';

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  window.matchMedia = (query: string) =>
    Object.assign(new EventTarget(), { matches: false, media: query }) as MediaQueryList;
  Element.prototype.scrollIntoView = () => undefined;
  window.ResizeObserver = class {
    observe = () => undefined;
    unobserve = () => undefined;
    disconnect = () => undefined;
  };
  localStorage.clear();
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

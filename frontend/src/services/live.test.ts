import { LiveConnection, TIMING, type LiveFrame } from '@/services/live';
import { FakeSocket } from '@/test/FakeSocket';

let live: LiveConnection;
let frames: LiveFrame[];
const signedOut = jest.fn();

beforeEach(() => {
  jest.useFakeTimers();
  FakeSocket.all = [];
  frames = [];
  live = new LiveConnection('ws://localhost/ws/', {
    open: () => new FakeSocket().asWebSocket(),
    onSignedOut: signedOut,
  });
});

afterEach(() => {
  live.stop();
  setHidden(false);
  jest.useRealTimers();
});

function setHidden(hidden: boolean) {
  jest.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

function startAndListen() {
  live.subscribe({ subscribe: 'stats' }, (frame) => frames.push(frame));
  live.start();
}

const types = () => frames.map((frame) => frame.type);

test('subscriptions are sent once the server has greeted, not before', () => {
  startAndListen();
  expect(FakeSocket.latest.sent).toEqual([]);
  FakeSocket.latest.greet();
  expect(FakeSocket.latest.sent).toEqual([{ subscribe: 'stats' }]);
  expect(live.getState().status).toBe('connected');
});

test('after a cut it reconnects, subscribes again and has everything read anew', () => {
  startAndListen();
  FakeSocket.latest.greet();
  FakeSocket.latest.cut();
  expect(live.getState().status).toBe('reconnecting');
  jest.advanceTimersByTime(TIMING.firstRetry);
  expect(FakeSocket.all).toHaveLength(2);
  FakeSocket.latest.greet();
  expect(FakeSocket.latest.sent).toEqual([{ subscribe: 'stats' }]);
  expect(types()).toContain('refetch');
  expect(live.getState().status).toBe('connected');
});

test('the first greeting asks for no second reading of what was just read', () => {
  startAndListen();
  FakeSocket.latest.greet();
  expect(types()).not.toContain('refetch');
});

test('a topic given as a function is asked anew at each reconnection', () => {
  let offset = 0;
  live.subscribe(
    () => ({ subscribe: 'logs', id: 7, attempt: 1, stream: 'stdout', offset }),
    () => undefined,
  );
  live.start();
  FakeSocket.latest.greet();
  offset = 4096;
  FakeSocket.latest.cut();
  jest.advanceTimersByTime(TIMING.firstRetry);
  FakeSocket.latest.greet();
  expect(FakeSocket.latest.sent).toMatchObject([{ subscribe: 'logs', offset: 4096 }]);
});

test('it waits longer after each failure, and never longer than the longest', () => {
  jest.spyOn(Math, 'random').mockReturnValue(1);
  startAndListen();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    const opened = FakeSocket.all.length;
    FakeSocket.latest.cut();
    let waited = 0;
    while (FakeSocket.all.length === opened) {
      jest.advanceTimersByTime(100);
      waited += 100;
    }
    waits.push(waited);
  }
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test('when the socket cannot be had it polls, and stops polling when it is back', () => {
  startAndListen();
  FakeSocket.latest.cut();
  jest.advanceTimersByTime(TIMING.patience);
  expect(live.getState().status).toBe('polling');
  const before = types().filter((type) => type === 'refetch').length;
  jest.advanceTimersByTime(TIMING.poll * 2);
  expect(types().filter((type) => type === 'refetch')).toHaveLength(before + 2);

  FakeSocket.latest.greet();
  frames = [];
  jest.advanceTimersByTime(TIMING.poll * 2);
  expect(live.getState().status).toBe('connected');
  expect(types()).not.toContain('refetch');
});

test('a socket that opens but never greets is polled around too', () => {
  startAndListen();
  jest.advanceTimersByTime(TIMING.patience);
  expect(live.getState().status).toBe('polling');
});

test('the age of what is shown counts from an answered poll', () => {
  startAndListen();
  FakeSocket.latest.cut();
  jest.advanceTimersByTime(TIMING.patience);
  expect(live.getState().updatedAt).toBeNull();
  live.noteAnswer();
  expect(live.getState().updatedAt).toBe(Date.now());
});

test('a silent server is taken for gone', () => {
  startAndListen();
  FakeSocket.latest.greet();
  jest.advanceTimersByTime(TIMING.ping);
  expect(FakeSocket.latest.sent.at(-1)).toEqual({ ping: 1 });
  jest.advanceTimersByTime(TIMING.pongWithin);
  expect(live.getState().status).toBe('reconnecting');
});

test('an answered ping keeps the connection', () => {
  startAndListen();
  FakeSocket.latest.greet();
  jest.advanceTimersByTime(TIMING.ping);
  FakeSocket.latest.say({ type: 'pong' });
  jest.advanceTimersByTime(TIMING.pongWithin);
  expect(live.getState().status).toBe('connected');
});

test('a hidden tab lets go of the socket, and takes it up again when shown', () => {
  startAndListen();
  FakeSocket.latest.greet();
  const first = FakeSocket.latest;
  setHidden(true);
  expect(live.getState().status).toBe('paused');
  expect(first.readyState).toBe(3);
  jest.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(1);

  setHidden(false);
  expect(FakeSocket.all).toHaveLength(2);
  FakeSocket.latest.greet();
  expect(types()).toContain('refetch');
});

test('a hidden tab does not poll', () => {
  startAndListen();
  FakeSocket.latest.cut();
  jest.advanceTimersByTime(TIMING.patience);
  frames = [];
  setHidden(true);
  jest.advanceTimersByTime(60_000);
  expect(frames).toEqual([]);
});

test('when the server says that nobody is signed in, that is looked into at once', () => {
  startAndListen();
  FakeSocket.latest.sendAway();
  expect(signedOut).toHaveBeenCalledTimes(1);
});

test('a server that could not find out who this is gets asked again', () => {
  startAndListen();
  FakeSocket.latest.sendAway();
  jest.advanceTimersByTime(TIMING.firstRetry);
  expect(FakeSocket.all).toHaveLength(2);
});

test('once stopped it does not knock again', () => {
  startAndListen();
  FakeSocket.latest.sendAway();
  live.stop();
  jest.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(1);
});

test('the server is told to stop only when the last listener has gone', () => {
  live.start();
  FakeSocket.latest.greet();
  const leaveFirst = live.subscribe({ subscribe: 'job', id: 7 }, () => undefined);
  const leaveSecond = live.subscribe({ subscribe: 'job', id: 7 }, () => undefined);
  leaveFirst();
  expect(FakeSocket.latest.sent).not.toContainEqual({ unsubscribe: 'job', id: 7 });
  leaveSecond();
  expect(FakeSocket.latest.sent).toContainEqual({ unsubscribe: 'job', id: 7 });
});

test('nothing is heard from a socket that was given up', () => {
  startAndListen();
  const first = FakeSocket.latest;
  first.greet();
  setHidden(true);
  frames = [];
  first.say({ type: 'list_changed' });
  expect(frames).toEqual([]);
});

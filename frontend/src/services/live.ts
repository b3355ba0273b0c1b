import type {
  LiveFrame,
  LiveMessage,
  SubscribeJob,
  SubscribeJobs,
  SubscribeLogs,
  SubscribeStats,
} from '@/types/api.generated';

export type { LiveFrame, LogsFrame } from '@/types/api.generated';

export type Topic = SubscribeJob | SubscribeJobs | SubscribeLogs | SubscribeStats;

export type LiveStatus = 'connecting' | 'connected' | 'reconnecting' | 'polling' | 'paused';

export interface LiveState {
  status: LiveStatus;
  /** When something was last heard from the server, in ms since the epoch; null before that. */
  updatedAt: number | null;
}

export interface LiveOptions {
  /** Makes the socket; given by tests. */
  open?: (address: string) => WebSocket;
  /** Called when the server says that nobody is signed in; it may also be that it could not find out. */
  onSignedOut?: () => void;
}

export const TIMING = {
  firstRetry: 500,
  longestRetry: 15_000,
  /** Cut for this long, the pages poll until the socket is back. */
  patience: 4_000,
  poll: 5_000,
  ping: 25_000,
  pongWithin: 10_000,
} as const;

const SIGNED_OUT = 4401;

const FRAMES: Record<LiveFrame['type'], true> = {
  hello: true,
  job: true,
  job_deleted: true,
  job_not_found: true,
  list_changed: true,
  logs: true,
  stats: true,
  refetch: true,
  pong: true,
  error: true,
  goodbye: true,
};

/** A frame of a kind that this page knows; a newer server may have others, which it can do without. */
function isFrame(said: unknown): said is LiveFrame {
  if (typeof said !== 'object' || said === null || !('type' in said)) return false;
  return typeof said.type === 'string' && said.type in FRAMES;
}

interface Subscription {
  topic: () => Topic;
  listener: (frame: LiveFrame) => void;
}

/**
 * The one WebSocket of a page. Subscriptions outlive it: they are sent again after every reconnection, and where it
 * cannot be had, their listeners are told to `refetch` every few seconds instead. Hidden tabs let go of it.
 */
export class LiveConnection {
  private readonly subscriptions = new Map<number, Subscription>();
  private readonly watchers = new Set<() => void>();
  private readonly open: (address: string) => WebSocket;
  private state: LiveState = { status: 'connecting', updatedAt: null };
  private socket: WebSocket | null = null;
  private nextId = 1;
  private failures = 0;
  private hasGreeted = false;
  private hasConnected = false;
  private retryTimer: Timer;
  private patienceTimer: Timer;
  private pollTimer: Timer;
  private pingTimer: Timer;
  private pongTimer: Timer;

  constructor(
    private readonly address: string,
    private readonly options: LiveOptions = {},
  ) {
    this.open = options.open ?? ((at) => new WebSocket(at));
  }

  start(): void {
    document.addEventListener('visibilitychange', this.onVisibility);
    this.onVisibility();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.letGo();
  }

  getState = (): LiveState => this.state;

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };

  /**
   * Listens to a topic until the returned function is called. Every listener hears every frame and picks its own.
   * A topic that changes while one listens (a log's offset) is given as a function, asked anew at each reconnection.
   */
  subscribe(topic: Topic | (() => Topic), listener: (frame: LiveFrame) => void): () => void {
    const id = this.nextId++;
    const subscription = { topic: typeof topic === 'function' ? topic : () => topic, listener };
    this.subscriptions.set(id, subscription);
    this.send(subscription.topic());
    return () => {
      this.subscriptions.delete(id);
      this.release(subscription.topic());
    };
  }

  /** Unsubscribes at the server, unless somebody else on this page still listens to the same. */
  private release(topic: Topic): void {
    const others = [...this.subscriptions.values()].map((each) => each.topic());
    const same = others.find((each) => nameOf(each) === nameOf(topic));
    if (same && topic.subscribe !== 'jobs') return;
    this.send(endOf(topic));
    if (same) this.send(same);
  }

  private send(message: LiveMessage): void {
    if (this.socket?.readyState === 1 && this.hasGreeted) this.socket.send(JSON.stringify(message));
  }

  private connect(): void {
    this.drop();
    const socket = this.open(this.address);
    this.socket = socket;
    socket.onmessage = (event: MessageEvent<string>) => {
      const frame: unknown = JSON.parse(event.data);
      if (socket === this.socket && isFrame(frame)) this.hear(frame);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.onCut();
    };
  }

  private hear(frame: LiveFrame): void {
    clearTimeout(this.pongTimer);
    if (frame.type === 'hello') this.onHello();
    else this.set({ updatedAt: Date.now() });
    this.tell(frame);
    // Whoever is told so looks for themselves; until they stop us, what follows is a cut like any other.
    if (frame.type === 'goodbye' && frame.code === SIGNED_OUT) this.options.onSignedOut?.();
  }

  private onHello(): void {
    this.hasGreeted = true;
    this.failures = 0;
    clearTimeout(this.patienceTimer);
    this.patienceTimer = undefined;
    clearInterval(this.pollTimer);
    this.set({ status: 'connected', updatedAt: Date.now() });
    for (const { topic } of this.subscriptions.values()) this.send(topic());
    // What changed while the socket was away was told to nobody.
    if (this.hasConnected) this.tell({ type: 'refetch' });
    this.hasConnected = true;
    this.pingTimer = setInterval(this.ping, TIMING.ping);
  }

  private readonly ping = (): void => {
    this.send({ ping: 1 });
    clearTimeout(this.pongTimer);
    this.pongTimer = setTimeout(() => this.onCut(), TIMING.pongWithin);
  };

  private onCut(): void {
    this.drop();
    if (this.state.status === 'connected') this.set({ status: 'reconnecting' });
    this.patienceTimer ??= setTimeout(this.startPolling, TIMING.patience);
    const longest = Math.min(TIMING.firstRetry * 2 ** this.failures, TIMING.longestRetry);
    this.failures += 1;
    // Half of it at random, so that many tabs do not knock at a returning server together.
    this.retryTimer = setTimeout(() => this.connect(), longest * (0.5 + Math.random() / 2));
  }

  private readonly startPolling = (): void => {
    this.set({ status: 'polling' });
    this.poll();
    this.pollTimer = setInterval(this.poll, TIMING.poll);
  };

  private readonly poll = (): void => {
    this.tell({ type: 'refetch' });
  };

  /** A poll's answer arrived; the badge counts from here. */
  noteAnswer(): void {
    if (this.state.status === 'polling') this.set({ updatedAt: Date.now() });
  }

  private readonly onVisibility = (): void => {
    if (document.hidden) {
      this.letGo();
      this.set({ status: 'paused' });
    } else if (!this.socket) {
      this.set({ status: this.hasConnected ? 'reconnecting' : 'connecting' });
      this.patienceTimer ??= setTimeout(this.startPolling, TIMING.patience);
      this.connect();
    }
  };

  /** Closes the socket and forgets every timer. */
  private letGo(): void {
    this.drop();
    clearTimeout(this.patienceTimer);
    this.patienceTimer = undefined;
    clearInterval(this.pollTimer);
    this.failures = 0;
  }

  private drop(): void {
    clearTimeout(this.retryTimer);
    clearTimeout(this.pongTimer);
    clearInterval(this.pingTimer);
    this.hasGreeted = false;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private tell(frame: LiveFrame): void {
    for (const { listener } of [...this.subscriptions.values()]) listener(frame);
  }

  private set(change: Partial<LiveState>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;

/** Which server-side subscription a topic is; rows and offsets do not make another one. */
function nameOf(topic: Topic): string {
  switch (topic.subscribe) {
    case 'job':
      return `job ${topic.id}`;
    case 'logs':
      return `logs ${topic.id} ${topic.attempt} ${topic.stream}`;
    default:
      return topic.subscribe;
  }
}

function endOf(topic: Topic): LiveMessage {
  switch (topic.subscribe) {
    case 'job':
      return { unsubscribe: 'job', id: topic.id };
    case 'logs':
      return { unsubscribe: 'logs', id: topic.id, attempt: topic.attempt, stream: topic.stream };
    default:
      return { unsubscribe: topic.subscribe };
  }
}

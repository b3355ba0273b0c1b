import type { LogQuery, LogSlice, Stream } from '@/services/jobs';
import type { LogsFrame } from '@/services/live';
import { asProblem, type ProblemError } from '@/services/problem';
import { BOUNDS, LogWindow } from '@/utils/logWindow';

export interface LogState {
  window: LogWindow;
  /** Bytes that the server has of this stream. */
  size: number;
  /** The attempt has ended and nothing more will come. */
  complete: boolean;
  /** Something was read, be it that there is nothing. */
  opened: boolean;
  /** Lines that came while the window was elsewhere. */
  linesBeyond: number;
  loading: 'open' | 'earlier' | 'later' | 'seek' | null;
  problem: ProblemError | null;
}

export type FetchSlice = (query: LogQuery, signal: AbortSignal) => Promise<LogSlice>;

const TAIL_LINES = 1_000;
export const STEP = 256 * 1024;
/** Further behind than this, a reader that follows jumps to the end instead of reading all that lies between. */
const SKIP = 8 * STEP;
const GUESSES = 24;

/**
 * Reads one stream of one attempt through a bounded window: its end first, earlier and later pieces on demand, and
 * live frames as they come. Requests run one at a time; frames that do not fit are made up for by a request.
 */
export class LogReader {
  private state: LogState = {
    window: LogWindow.empty,
    size: 0,
    complete: false,
    opened: false,
    linesBeyond: 0,
    loading: null,
    problem: null,
  };
  private readonly watchers = new Set<() => void>();
  private abort = new AbortController();
  private queue: Promise<void> = Promise.resolve();
  /** Whether the window reaches the end and grows with it, rather than standing somewhere in the middle. */
  private attached = false;
  private catchingUp = false;
  private following = true;

  constructor(
    private readonly fetchSlice: FetchSlice,
    private readonly source: { stream: Stream; attempt: number },
  ) {}

  getState = (): LogState => this.state;

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };

  /** May be called again after `close`: what was read is still there. */
  start(): void {
    if (this.abort.signal.aborted) this.abort = new AbortController();
  }

  close(): void {
    this.abort.abort();
    this.set({ loading: null });
  }

  /** Whether the window reaches the newest byte that is known. */
  get atEnd(): boolean {
    return this.state.window.end >= this.state.size;
  }

  /** From where live frames are wanted. */
  get followFrom(): number {
    return Math.max(this.state.size, this.state.window.end);
  }

  /** Reads the end, unless something was read before. */
  open = (): Promise<void> =>
    this.run('open', async () => {
      if (!this.state.opened) await this.readTail();
    });

  /** Shows the newest lines. */
  toEnd = (): Promise<void> => this.run('open', () => this.readTail());

  toStart = (): Promise<void> =>
    this.run('seek', async () => {
      if (this.state.window.start > 0) this.replace(await this.read({ offset: 0, limit: STEP }));
    });

  /** Reads the piece before the window; the window lets go of its end where it grows too large. */
  earlier = (): Promise<void> =>
    this.run('earlier', async () => {
      const { start } = this.state.window;
      if (start <= 0) return;
      let window = this.state.window;
      // A piece may stop short of a character that would be split; what is missing is asked for again.
      const pieces: LogSlice[] = [];
      for (let from = Math.max(0, start - STEP); from < start;) {
        const slice = wholeCharacters(await this.read({ offset: from, limit: start - from }));
        if (slice.next_offset <= from) break;
        pieces.push(slice);
        from = slice.next_offset;
      }
      for (const slice of pieces.reverse()) window = window.prepend(slice);
      this.set({ window: window.trimTail() });
      this.attached &&= window.end === this.state.window.end;
    });

  /** Reads the piece after the window, while the window is not at the end. */
  later = (): Promise<void> =>
    this.run('later', async () => {
      if (this.atEnd) return;
      const slice = await this.read({ offset: this.state.window.end, limit: STEP });
      this.set({ window: this.state.window.append(slice).trimHead() });
      const { window, size } = this.state;
      this.attached = window.end >= size;
      if (this.attached) this.set({ linesBeyond: 0 });
    });

  /** Shows a line, whose offset nobody knows: narrows it down by the line numbers of what it reads. */
  toLine = (line: number): Promise<void> =>
    this.run('seek', async () => {
      if (this.holds(line)) return;
      if (!this.state.opened || line > this.state.window.lastLine) await this.readTail();
      let low = { offset: 0, line: 1 };
      let high = { offset: this.state.window.start, line: this.state.window.firstLine };
      if (line >= high.line) return;
      for (let guess = 0; guess < GUESSES && !this.holds(line); guess++) {
        const share = guess % 2 ? 0.5 : (line - low.line) / Math.max(high.line - low.line, 1);
        const found = await this.read({ offset: between(low.offset, high.offset, share), limit: STEP });
        this.replace(wholeCharacters(found));
        const { window } = this.state;
        if (window.firstLine > line) high = { offset: window.start, line: window.firstLine };
        else low = { offset: window.end, line: window.lastLine };
      }
    });

  /** A live frame: added where it fits, fetched where something is missing before it. */
  frame(frame: LogsFrame): void {
    if (frame.stream !== this.source.stream || frame.attempt !== this.source.attempt || !this.state.opened)
      return;
    const { window } = this.state;
    const isNew = frame.next_offset > this.state.size;
    if (isNew) this.set({ size: frame.next_offset });
    if (frame.complete) this.set({ complete: true });
    if (!isNew) return;
    this.attached &&= this.hasRoom;
    if (!this.attached) this.set({ linesBeyond: this.state.linesBeyond + newlines(frame.text) });
    else if (frame.offset === window.end) this.add(frame);
    else void this.catchUp();
  }

  /** Reads what was written since, for when no frames come; also how a log that has just ended gets complete. */
  catchUp = (): Promise<void> => {
    if (this.catchingUp) return this.queue;
    this.catchingUp = true;
    return this.run(null, () => this.readNews().finally(() => (this.catchingUp = false)));
  };

  private async readNews(): Promise<void> {
    if (!this.state.opened) return this.readTail();
    if (!this.attached) {
      await this.read({ offset: this.state.size, limit: 1 });
      return;
    }
    if (this.state.complete && this.atEnd) return;
    let slice: LogSlice;
    do {
      // Asked again each time: a flood outruns whoever reads all of it.
      if (this.following && this.state.size - this.state.window.end > SKIP) return this.readTail();
      slice = await this.read({ offset: this.state.window.end, limit: STEP });
      this.add(slice);
      this.attached = this.hasRoom;
    } while (this.attached && slice.next_offset > slice.offset && slice.next_offset < this.state.size);
  }

  /** While the end is followed, what is far above it is let go to make room; otherwise the reader's place stays. */
  follow(following: boolean): void {
    this.following = following;
  }

  private add(slice: Omit<LogSlice, 'stream' | 'attempt' | 'size' | 'first_line' | 'complete'>): void {
    const window = this.state.window.append(slice);
    this.set({ window: this.following ? window.trimHead() : window });
  }

  private get hasRoom(): boolean {
    return this.following || withinBounds(this.state.window);
  }

  private async readTail(): Promise<void> {
    const slice = await this.read({ tail: TAIL_LINES, limit: STEP });
    this.replace(slice);
    this.set({ opened: true });
    this.attached = this.atEnd;
    this.set({ linesBeyond: 0 });
  }

  private holds(line: number): boolean {
    const { window } = this.state;
    return window.firstLine <= line && line <= window.lastLine;
  }

  private replace(slice: LogSlice): void {
    this.set({ window: LogWindow.of(slice) });
    this.attached = false;
  }

  private async read(query: LogQuery): Promise<LogSlice> {
    const slice = await this.fetchSlice({ ...this.source, ...query }, this.abort.signal);
    this.set({ size: Math.max(this.state.size, slice.size), complete: slice.complete, problem: null });
    return slice;
  }

  /** Lets requests wait for one another; a second one of the same kind is dropped. */
  private run(loading: LogState['loading'], work: () => Promise<void>): Promise<void> {
    if (loading !== null && this.state.loading === loading) return this.queue;
    if (loading !== null) this.set({ loading });
    const { signal } = this.abort;
    const isOver = () => signal.aborted;
    this.queue = this.queue.then(async () => {
      if (isOver()) return;
      try {
        await work();
      } catch (error) {
        if (!isOver()) this.set({ problem: asProblem(error) });
      } finally {
        if (this.state.loading === loading) this.set({ loading: null });
      }
    });
    return this.queue;
  }

  private set(change: Partial<LogState>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }
}

function withinBounds(window: LogWindow): boolean {
  return window.end - window.start < BOUNDS.bytes && window.count < BOUNDS.lines;
}

/** An offset chosen freely may cut a character in two; what is left of it reads as up to three replacements. */
function wholeCharacters(slice: LogSlice): LogSlice {
  const broken = slice.offset === 0 ? 0 : (/^\ufffd{1,3}/.exec(slice.text)?.[0].length ?? 0);
  if (broken === 0) return slice;
  return { ...slice, offset: slice.offset + broken, text: slice.text.slice(broken) };
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}

/** Where to look next; a little early, so that what comes before the line is seen too. */
function between(low: number, high: number, share: number): number {
  const guess = Math.floor(low + share * (high - low) - STEP / 4);
  return Math.max(low, Math.min(guess, high - STEP / 2));
}

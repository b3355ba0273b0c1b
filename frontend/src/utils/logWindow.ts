/** A stretch of a log as the API gives it. Offsets are bytes. */
export interface Slice {
  offset: number;
  next_offset: number;
  /** How many line breaks come before it. */
  first_line: number;
  text: string;
}

interface Piece {
  start: number;
  end: number;
  /** The text cut at its newlines; the first and the last may be parts of a line. */
  lines: string[];
}

export interface LogLine {
  text: string;
  /** Characters of this line that are not in `text`, because nobody can read a line of megabytes. */
  left: number;
}

export interface Bounds {
  bytes: number;
  lines: number;
}

/** What is kept in memory. A log of any size is read through a window of this one. */
export const BOUNDS: Bounds = { bytes: 4 * 1024 * 1024, lines: 50_000 };
export const LONGEST_LINE = 4_000;
const MERGED_BYTES = 64 * 1024;

/** The contiguous part of one log that is in memory. Immutable: each change gives a new window. */
export class LogWindow {
  static readonly empty = new LogWindow([], 1);

  static of(slice: Slice): LogWindow {
    return slice.text === '' && slice.next_offset === slice.offset
      ? new LogWindow([{ start: slice.offset, end: slice.offset, lines: [''] }], slice.first_line + 1)
      : new LogWindow([pieceOf(slice)], slice.first_line + 1);
  }

  /** For each piece, the index of the line with which it starts. */
  private readonly starts: number[];
  /** How many lines can be shown. */
  readonly count: number;

  private constructor(
    private readonly pieces: readonly Piece[],
    /** The number of the first line, from 1. */
    readonly firstLine: number,
  ) {
    this.starts = [];
    let index = 0;
    for (const piece of pieces) {
      this.starts.push(index);
      index += piece.lines.length - 1;
    }
    const endsWithNewline = pieces.at(-1)?.lines.at(-1) === '' && !this.hasOpenLine(index);
    this.count = pieces.length === 0 ? 0 : index + (endsWithNewline ? 0 : 1);
  }

  /** Whether the line that `index` names has text in an earlier piece, although the last one adds none to it. */
  private hasOpenLine(index: number): boolean {
    for (let at = this.pieces.length - 1; at >= 0; at--) {
      const piece = this.pieces[at];
      if (piece?.lines.at(-1) !== '') return true;
      if (piece.lines.length > 1 || this.starts[at] !== index) return false;
    }
    return false;
  }

  get start(): number {
    return this.pieces[0]?.start ?? 0;
  }

  get end(): number {
    return this.pieces.at(-1)?.end ?? 0;
  }

  get lastLine(): number {
    return this.firstLine + this.count - 1;
  }

  /** Adds what comes right after; anything else is given back unchanged. */
  append(slice: Omit<Slice, 'first_line'>): LogWindow {
    if (slice.offset !== this.end || slice.next_offset <= slice.offset) return this;
    const added = pieceOf(slice);
    const last = this.pieces.at(-1);
    const pieces =
      last && added.end - last.start <= MERGED_BYTES
        ? [...this.pieces.slice(0, -1), merge(last, added)]
        : [...this.pieces, added];
    return new LogWindow(pieces, this.firstLine);
  }

  /** Adds what comes right before. */
  prepend(slice: Slice): LogWindow {
    if (slice.next_offset !== this.start || slice.next_offset <= slice.offset) return this;
    return new LogWindow([pieceOf(slice), ...this.pieces], slice.first_line + 1);
  }

  /** Lets go of the oldest pieces until the window is within its bounds. */
  trimHead(bounds: Bounds = BOUNDS): LogWindow {
    const pieces = [...this.pieces];
    let firstLine = this.firstLine;
    while (pieces.length > 1 && isOver(pieces, bounds)) {
      firstLine += (pieces.shift()?.lines.length ?? 1) - 1;
    }
    return pieces.length === this.pieces.length ? this : new LogWindow(pieces, firstLine);
  }

  /** Lets go of the newest pieces until the window is within its bounds. */
  trimTail(bounds: Bounds = BOUNDS): LogWindow {
    const pieces = [...this.pieces];
    while (pieces.length > 1 && isOver(pieces, bounds)) pieces.pop();
    return pieces.length === this.pieces.length ? this : new LogWindow(pieces, this.firstLine);
  }

  /** The line at an index of the window, put together from the pieces that hold its parts. */
  line(index: number): LogLine {
    let at = this.firstPieceOf(index);
    const parts: string[] = [];
    for (; at < this.pieces.length; at++) {
      const piece = this.pieces[at];
      const own = index - (this.starts[at] ?? 0);
      parts.push(piece?.lines[own] ?? '');
      if (!piece || own < piece.lines.length - 1) break;
    }
    return bounded(lastState(parts));
  }

  private firstPieceOf(index: number): number {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const lastIndex = (this.starts[middle] ?? 0) + (this.pieces[middle]?.lines.length ?? 1) - 1;
      if (lastIndex < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function pieceOf(slice: Omit<Slice, 'first_line'>): Piece {
  return { start: slice.offset, end: slice.next_offset, lines: slice.text.split('\n') };
}

function merge(before: Piece, after: Piece): Piece {
  const lines = before.lines.slice(0, -1);
  lines.push((before.lines.at(-1) ?? '') + (after.lines[0] ?? ''), ...after.lines.slice(1));
  return { start: before.start, end: after.end, lines };
}

function isOver(pieces: Piece[], bounds: Bounds): boolean {
  const size = (pieces.at(-1)?.end ?? 0) - (pieces[0]?.start ?? 0);
  if (size > bounds.bytes) return true;
  return pieces.reduce((sum, piece) => sum + piece.lines.length - 1, 1) > bounds.lines;
}

/** A progress bar redraws its line after each carriage return; what a terminal would show is the last drawing. */
function lastState(parts: string[]): string[] {
  for (let at = parts.length - 1; at >= 0; at--) {
    const part = parts[at] ?? '';
    const text = at === parts.length - 1 ? part.replace(/\r+$/, '') : part;
    const cut = text.lastIndexOf('\r');
    if (cut >= 0)
      return [text.slice(cut + 1), ...parts.slice(at + 1).map((each) => each.replace(/\r+$/, ''))];
    if (at === parts.length - 1) parts = [...parts.slice(0, -1), text];
  }
  return parts;
}

function bounded(parts: string[]): LogLine {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length <= LONGEST_LINE) return { text: parts.join(''), left: 0 };
  let text = '';
  for (const part of parts) {
    text += part.slice(0, LONGEST_LINE - text.length);
    if (text.length >= LONGEST_LINE) break;
  }
  return { text, left: length - text.length };
}

"""Reading what attempts wrote, by byte offset or by lines from the end; as dear as what is read is long."""

import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from ..attempts import Stream
from ..sql import fetch_tuples, in_archive
from .ship import CHUNK_BYTES

# The attempt asked for, or the newest. A job that waits for its first attempt has none yet.
_FIND = """
SELECT attempt.id, attempt.number, attempt.log_complete, attempt.ended_at IS NOT NULL, job.command = '',
       attempt.shipped_stdout, attempt.shipped_stderr, attempt.lines_stdout, attempt.lines_stderr,
       job.attempt, job.completed_at IS NOT NULL
FROM jobs_job AS job LEFT JOIN jobs_attempt AS attempt
  ON attempt.job_id = job.id AND (%(number)s::int IS NULL OR attempt.number = %(number)s)
WHERE job.id = %(job_id)s ORDER BY attempt.number DESC NULLS LAST LIMIT 1"""

# No piece is larger than CHUNK_BYTES, so the one that holds `start` begins after `start - CHUNK_BYTES`.
_CHUNKS = """
SELECT "offset", data, first_line FROM jobs_logchunk
WHERE attempt_id = %s AND stream = %s AND "offset" > %s AND "offset" < %s ORDER BY "offset" """

_CHUNK_OF_LINE = """
SELECT "offset", data, first_line FROM jobs_logchunk
WHERE attempt_id = %s AND stream = %s AND first_line < %s ORDER BY "offset" DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Log:
    """One stream of one attempt. `attempt_id` None: the attempt has not begun."""

    attempt_id: int | None
    attempt: int
    stream: Stream
    size: int
    lines: int
    complete: bool
    archived: bool = False


@dataclass(frozen=True, slots=True)
class LogSlice:
    """A piece of a stream. Offsets and sizes in bytes; `first_line` counts the line breaks before it."""

    stream: Stream
    attempt: int
    offset: int
    next_offset: int
    size: int
    complete: bool
    first_line: int
    text: str


@dataclass(frozen=True, slots=True)
class _Chunk:
    offset: int
    data: bytes
    first_line: int


def find_log(job_id: int, stream: Stream, attempt: int | None = None) -> Log | None:
    """A stream of the attempt asked for, or of the newest; None when there is no such job or attempt."""
    found = _find(job_id, stream, attempt)
    if found is None:
        with in_archive():
            found = _find(job_id, stream, attempt)
        return replace(found, archived=True) if found else _find(job_id, stream, attempt)
    return found


def _find(job_id: int, stream: Stream, attempt: int | None) -> Log | None:
    found = fetch_tuples(_FIND, {"job_id": job_id, "number": attempt})
    if not found:
        return None
    attempt_id, number, log_complete, ended, tracked, *sizes, current, job_ended = found[0]
    if attempt_id is None:
        return Log(None, current, stream, 0, 0, job_ended) if attempt in (None, current) else None
    out, err, out_lines, err_lines = sizes
    size, lines = (out, out_lines) if stream == "stdout" else (err, err_lines)
    return Log(attempt_id, number, stream, size, lines, log_complete or (tracked and ended))


def read_slice(log: Log, offset: int, limit: int) -> LogSlice:
    """At most `limit` bytes from `offset` on. While a log grows, half a character at its end has to wait."""
    start = min(offset, log.size)
    chunks = list(_chunks(log, start, min(start + limit, log.size)))
    data = b"".join(chunk.data for chunk in chunks)
    if not chunks:
        return _slice(log, start, log.lines, b"")
    before = start - chunks[0].offset
    piece = data[before : before + limit]
    if start + len(piece) < log.size or not log.complete:
        piece = piece[: len(piece) - _cut_character(piece)]
    return _slice(log, start, chunks[0].first_line + data.count(b"\n", 0, before), piece)


def read_tail(log: Log, lines: int, limit: int) -> LogSlice:
    """The last `lines` lines; of those the last `limit` bytes, from the start of a line if there is one."""
    start = max(_start_of_last(log, lines), log.size - limit)
    found = read_slice(log, start, limit)
    if start == log.size - limit and start > 0:
        return read_slice(log, start + _to_next_line(log, start, limit), limit)
    return found


def stream_bytes(log: Log) -> Iterator[bytes]:
    """All that is stored, piece by piece, a query each: a slow reader holds no transaction open."""
    offset = 0
    while offset < log.size:
        for chunk in _chunks(log, offset, offset + 1):
            data = chunk.data[offset - chunk.offset :][: log.size - offset]
            yield data
            offset += len(data)
            break
        else:
            return  # deleted meanwhile


def _slice(log: Log, offset: int, first_line: int, piece: bytes) -> LogSlice:
    return LogSlice(
        stream=log.stream,
        attempt=log.attempt,
        offset=offset,
        next_offset=offset + len(piece),
        size=log.size,
        complete=log.complete,
        first_line=first_line,
        text=piece.decode("utf-8", "replace"),
    )


def _place(log: Log) -> AbstractContextManager[None]:
    return in_archive() if log.archived else nullcontext()


def _chunks(log: Log, start: int, end: int) -> Iterator[_Chunk]:
    """The pieces that hold the bytes from `start` up to `end`."""
    with _place(log):
        rows = fetch_tuples(_CHUNKS, [log.attempt_id, log.stream, start - CHUNK_BYTES, end])
    for offset, data, first_line in rows:
        chunk = _Chunk(offset, zlib.decompress(data), first_line)
        if offset + len(chunk.data) > start:
            yield chunk


def _start_of_last(log: Log, lines: int) -> int:
    """Where the last `lines` lines begin. A last line without a line break counts as one."""
    last = next(_chunks(log, log.size - 1, log.size), None) if log.size else None
    if last is None:
        return 0
    unfinished = not last.data.endswith(b"\n")
    skipped = log.lines + unfinished - lines  # so many line breaks come before the first line wanted
    if skipped <= 0:
        return 0
    with _place(log):
        found = fetch_tuples(_CHUNK_OF_LINE, [log.attempt_id, log.stream, skipped])
    if not found:
        return 0
    offset, data, first_line = found[0]
    chunk = _Chunk(offset, zlib.decompress(data), first_line)
    position = -1
    for _ in range(skipped - chunk.first_line):
        position = chunk.data.index(b"\n", position + 1)
    return chunk.offset + position + 1


def _to_next_line(log: Log, start: int, limit: int) -> int:
    """How many bytes after `start` a line begins; without one, a character."""
    data = b"".join(
        chunk.data[max(0, start - chunk.offset) :] for chunk in _chunks(log, start, start + limit)
    )
    line_break = data.find(b"\n", 0, limit - 1)
    if line_break >= 0:
        return line_break + 1
    return next((at for at, byte in enumerate(data[:4]) if byte & 0xC0 != 0x80), 0)


def _cut_character(piece: bytes) -> int:
    """How many bytes at the end are the beginning of a character whose rest is missing."""
    for back in range(1, min(3, len(piece)) + 1):
        byte = piece[-back]
        if byte & 0xC0 == 0x80:
            continue  # a continuation: its beginning is farther back
        length = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
        return back if length > back else 0
    return 0

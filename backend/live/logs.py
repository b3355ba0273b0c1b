"""The next piece of a log that somebody follows."""

import zlib
from dataclasses import dataclass

from django.db.models import F

from accounts.models import User
from jobs.models import Attempt, Job, LogChunk
from jobs.permissions import may_see
from live.frames import encode
from live.messages import Logs

PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """
    A part of a log.

    `news`: there is something to tell; `more`: more of it can be read at once; `complete`: nothing will ever
    follow.
    """

    frame: str
    next_offset: int
    news: bool
    more: bool
    complete: bool


def read_piece(user: User, log: Logs, offset: int) -> Piece | None:
    """Give what follows `offset`; None where there is no such job, or this person may not see it."""
    job = Job.objects.filter(pk=log.id).values_list("owner__username", flat=True)
    owners = list(job)
    if not owners or not may_see(user, owners[0]):
        return None
    attempt = Attempt.objects.filter(job_id=log.id, number=log.attempt).first()
    if attempt is None:
        return Piece("", offset, news=False, more=False, complete=False)
    size: int = attempt.shipped_stdout if log.stream == "stdout" else attempt.shipped_stderr
    data = _read(attempt.pk, log.stream, offset)
    text, used = _whole_characters(data, last=offset + len(data) >= size and attempt.log_complete)
    next_offset = offset + used
    complete = attempt.log_complete and next_offset >= size
    frame = {
        "type": "logs",
        "id": log.id,
        "attempt": log.attempt,
        "stream": log.stream,
        "offset": offset,
        "next_offset": next_offset,
        "text": text,
        "complete": complete,
    }
    return Piece(
        encode(frame), next_offset, bool(used) or complete, bool(used) and next_offset < size, complete
    )


def _read(attempt_id: int, stream: str, offset: int) -> bytes:
    chunks = LogChunk.objects.filter(attempt_id=attempt_id, stream=stream, offset__gt=offset - F("size"))
    chunk = chunks.order_by("offset").first()
    if chunk is None or chunk.offset > offset:
        return b""
    return zlib.decompress(chunk.data)[offset - chunk.offset :][:PIECE_BYTES]


def _whole_characters(data: bytes, *, last: bool) -> tuple[str, int]:
    """Decode all but a character that is cut off at the end (unless nothing follows it)."""
    cut = 0 if last else _cut_off(data)
    whole = data[: len(data) - cut]
    return whole.decode("utf-8", "replace"), len(whole)


def _cut_off(data: bytes) -> int:
    """Count the bytes at the end that begin a character without ending it."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            wanted = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if back < wanted else 0
        if byte < 0x80:
            return 0
    return 0

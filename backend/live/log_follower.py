"""The next piece of a log that somebody follows."""

from dataclasses import dataclass

from accounts.models import User
from jobs.logs import find_log, read_slice
from jobs.models import Job
from jobs.permissions import may_see
from live.frames import LogsFrame, encode
from live.messages import LogTopic

PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class LogPiece:
    """
    A part of a log, encoded.

    `news`: there is something to tell; `more`: more of it can be read at once; `complete`: nothing will ever
    follow.
    """

    frame: str
    next_offset: int
    news: bool
    more: bool
    complete: bool


def read_piece(user: User, topic: LogTopic, offset: int) -> LogPiece | None:
    """Give what follows `offset` (bytes); None where there is no such log, or this person may not see it."""
    owners = list(Job.objects.filter(pk=topic.id).values_list("owner__username", flat=True))
    log = find_log(topic.id, topic.stream, topic.attempt)
    if log is None or not owners or not may_see(user, owners[0]):
        return None
    found = read_slice(log, offset, PIECE_BYTES)
    grown = found.next_offset > found.offset
    complete = found.complete and found.next_offset >= found.size
    frame = LogsFrame(
        type="logs",
        id=topic.id,
        attempt=topic.attempt,
        stream=topic.stream,
        offset=found.offset,
        next_offset=found.next_offset,
        text=found.text,
        complete=complete,
    )
    return LogPiece(
        encode(frame),
        found.next_offset,
        news=grown or complete,
        more=grown and found.next_offset < found.size,
        complete=complete,
    )

"""Why a pending job is not running yet, in a sentence. Decides nothing: it is told the facts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .states import Kind


class Room(StrEnum):
    """Whether the workers could run a job."""

    NONE_KNOWN = "no worker was ever seen"
    NOBODY = "no worker can be reached"
    TOO_LARGE = "no worker has that much"
    YES = "some worker has room for it, now or later"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known about a pending job. `room` None: not looked at. `ahead` None: not counted."""

    kind: Kind
    now: datetime
    available_at: datetime
    scheduled_at: datetime | None
    attempts_used: int
    max_attempts: int
    room: Room | None = None
    ahead: int | None = None


MOST_AHEAD = 1000  # counted so far; more is told as "more than"

_NO_ROOM = {
    Room.NONE_KNOWN: "A worker: none has ever reported. Start one with manage.py worker.",
    Room.NOBODY: "A worker: none can be reached now.",
    Room.TOO_LARGE: "A larger worker: it asks for more than any worker has.",
}


def waiting_for(job: Waiting) -> str:
    """The sentence."""
    if job.available_at > job.now:
        when = f"{job.available_at:%Y-%m-%d %H:%M:%S} UTC"
        if job.attempts_used and job.available_at != job.scheduled_at:
            return f"Its next attempt, {job.attempts_used + 1} of {job.max_attempts}, at {when}."
        return f"Its scheduled time, {when}."
    if job.kind is Kind.TRACKED:
        return "A program to claim it or to report on it."
    if job.room in _NO_ROOM:
        return _NO_ROOM[job.room]
    return _place(job.ahead)


def _place(ahead: int | None) -> str:
    if ahead is None:
        return "A worker with room for it."
    if ahead == 0:
        return "A worker with room for it; it is next in the queue."
    if ahead > MOST_AHEAD:
        return f"Its turn: more than {MOST_AHEAD:,} jobs go before it."
    return f"Its turn: {ahead:,} {'job goes' if ahead == 1 else 'jobs go'} before it."

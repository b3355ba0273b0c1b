"""What a pending job waits for: one of a few codes, with the facts that belong to it. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, TypedDict


class WaitCode(StrEnum):
    """What must happen before a pending job can run. The first that holds, in this order."""

    DEPENDENCIES = "dependencies"
    SCHEDULED = "scheduled"
    BACKOFF = "backoff"
    DISPATCHED = "dispatched"
    PROGRAM = "program"
    NO_WORKER = "no_worker"
    TOO_LARGE = "too_large"
    WORKERS_DRAINING = "workers_draining"
    WORKERS_UNREACHABLE = "workers_unreachable"
    WORKERS_BUSY = "workers_busy"
    QUEUED = "queued"


class WouldFit(TypedDict):
    """The most that the nearest worker has."""

    worker: str
    cpus: float
    memory_mb: float


class WaitingFor(TypedDict):
    """`until`: the time that it waits for, if it is one. `ahead`: how many jobs would be claimed before it,
    where that was counted."""

    code: WaitCode
    until: datetime | None
    ahead: int | None
    ahead_kind: Literal["exact", "at_least"] | None
    would_fit: WouldFit | None


MOST_AHEAD = 1000
"""Counted so far; behind more it is at least so many."""

IN_THE_QUEUE = frozenset({WaitCode.WORKERS_BUSY, WaitCode.QUEUED})
"""The codes of jobs that have a place in the queue."""


def waits_for_time(now: datetime, available_at: datetime, scheduled_at: datetime | None) -> WaitCode | None:
    """Whether its time has not come, and which time that is."""
    if available_at <= now:
        return None
    return WaitCode.SCHEDULED if available_at == scheduled_at else WaitCode.BACKOFF


def waiting_for(
    code: WaitCode,
    *,
    until: datetime | None = None,
    ahead: int | None = None,
    would_fit: WouldFit | None = None,
) -> WaitingFor:
    """The facts as the API has them. `ahead` may be one more than `MOST_AHEAD`, which stands for any more."""
    return {
        "code": code,
        "until": until,
        "ahead": None if ahead is None else min(ahead, MOST_AHEAD),
        "ahead_kind": None if ahead is None else "exact" if ahead <= MOST_AHEAD else "at_least",
        "would_fit": would_fit,
    }

"""What an operation does to a job, by the facts of it: the one rule for previews and for what is carried out.

Pure: imports nothing of ours but the states.
"""

from dataclasses import dataclass
from enum import StrEnum

from ..states import ENDED, Mover, Status, may_move


class Doing(StrEnum):
    """What an operation does with its jobs."""

    CANCEL = "cancel"
    RETRY = "retry"
    DELETE = "delete"
    SET_PRIORITY = "set_priority"
    ADD_TAGS = "add_tags"
    REMOVE_TAGS = "remove_tags"
    REPORT = "report"


class JobOutcome(StrEnum):
    """What came of one job. Each job of an operation has exactly one."""

    CANCELLED = "cancelled"
    STOPPED = "stopped"
    REQUESTED = "requested"
    RETRIED = "retried"
    DELETED = "deleted"
    CHANGED = "changed"
    REPORTED = "reported"
    RESTORED = "restored"

    ALREADY_REQUESTED = "already_requested"
    UNCHANGED = "unchanged"
    PENDING = "pending"
    RUNNING = "running"
    ENDED = "ended"
    DISPATCHED = "dispatched"
    NOT_TRACKED = "not_tracked"
    CLAIMED = "claimed"
    TOO_MANY_TAGS = "too_many_tags"
    CHANGED_SINCE = "changed_since"
    NOT_YOURS = "not_yours"
    GONE = "gone"


SENTENCES: dict[JobOutcome, str] = {
    JobOutcome.CANCELLED: "waiting: cancelled at once",
    JobOutcome.STOPPED: "tracked and running: cancelled at once, and its program learns of it",
    JobOutcome.REQUESTED: "running: asked to end",
    JobOutcome.RETRIED: "ended: waits again, as a new attempt",
    JobOutcome.DELETED: "deleted, with history, attempts and logs",
    JobOutcome.CHANGED: "changed",
    JobOutcome.REPORTED: "reported",
    JobOutcome.RESTORED: "put back as it was",
    JobOutcome.ALREADY_REQUESTED: "skipped: running, and asked to end before",
    JobOutcome.UNCHANGED: "skipped: it is so already",
    JobOutcome.PENDING: "skipped: waiting",
    JobOutcome.RUNNING: "skipped: running",
    JobOutcome.ENDED: "skipped: ended",
    JobOutcome.DISPATCHED: "skipped: waiting in another system, which has it as it is",
    JobOutcome.NOT_TRACKED: "skipped: Jobdeck runs it, so nobody else reports its status",
    JobOutcome.CLAIMED: "skipped: claimed, so only the holder of the lease reports",
    JobOutcome.TOO_MANY_TAGS: "skipped: it would have too many tags",
    JobOutcome.CHANGED_SINCE: "skipped: changed since the operation that is undone",
    JobOutcome.NOT_YOURS: "skipped: somebody else's",
    JobOutcome.GONE: "skipped: not there (any more)",
}
"""In a preview as well as after it."""

ACTING = frozenset(
    {
        JobOutcome.CANCELLED,
        JobOutcome.STOPPED,
        JobOutcome.REQUESTED,
        JobOutcome.RETRIED,
        JobOutcome.DELETED,
        JobOutcome.CHANGED,
        JobOutcome.REPORTED,
        JobOutcome.RESTORED,
    }
)
"""Outcomes of jobs to which something is done. The others are skipped."""

UNDONE_FROM: dict[Doing, JobOutcome] = {
    Doing.CANCEL: JobOutcome.CANCELLED,
    Doing.SET_PRIORITY: JobOutcome.CHANGED,
    Doing.ADD_TAGS: JobOutcome.CHANGED,
    Doing.REMOVE_TAGS: JobOutcome.CHANGED,
}
"""Of what can be undone, the outcome of those jobs that can be put back."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides. `same`: what is asked for holds already; `full`: the tags would be too many."""

    status: Status
    tracked: bool
    asked: bool
    leased: bool
    dispatched: bool
    mine: bool
    same: bool
    full: bool


def decide(doing: Doing, facts: Facts, reported: Status | None = None) -> JobOutcome:
    """What is to come of a job like this. `reported` is the status that a report sets."""
    if not facts.mine:
        return JobOutcome.NOT_YOURS
    if doing is Doing.CANCEL:
        return _cancel(facts)
    if doing is Doing.RETRY:
        return JobOutcome.RETRIED if facts.status in ENDED else _standing(facts)
    if doing is Doing.DELETE:
        return _delete(facts)
    if doing is Doing.REPORT:
        return _report(facts, reported)
    return _edit(facts)


def _cancel(facts: Facts) -> JobOutcome:
    if facts.status is Status.PENDING:
        return JobOutcome.CANCELLED
    if facts.status is not Status.RUNNING:
        return JobOutcome.ENDED
    if facts.asked:
        return JobOutcome.ALREADY_REQUESTED
    return JobOutcome.STOPPED if facts.tracked else JobOutcome.REQUESTED


def _delete(facts: Facts) -> JobOutcome:
    if facts.status is Status.RUNNING:
        return JobOutcome.RUNNING
    return JobOutcome.DISPATCHED if facts.dispatched else JobOutcome.DELETED


def _report(facts: Facts, reported: Status | None) -> JobOutcome:
    if not facts.tracked:
        return JobOutcome.NOT_TRACKED
    if facts.leased:
        return JobOutcome.CLAIMED
    if reported is not None and may_move(Mover.REPORTER, facts.status, reported):
        return JobOutcome.REPORTED
    return _standing(facts)


def _edit(facts: Facts) -> JobOutcome:
    if facts.status in ENDED or (facts.status is Status.RUNNING and not facts.tracked):
        return _standing(facts)
    if facts.dispatched:
        return JobOutcome.DISPATCHED
    if facts.same:
        return JobOutcome.UNCHANGED
    return JobOutcome.TOO_MANY_TAGS if facts.full else JobOutcome.CHANGED


def _standing(facts: Facts) -> JobOutcome:
    if facts.status is Status.PENDING:
        return JobOutcome.PENDING
    return JobOutcome.RUNNING if facts.status is Status.RUNNING else JobOutcome.ENDED

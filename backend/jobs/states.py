"""The states of a job, the moves between them and the reasons of an end. Pure: imports nothing of ours.

`docs/explanation/state-machine.md` draws the same as a diagram; `transitions.py` carries the moves out.
"""

from enum import StrEnum


class Status(StrEnum):
    """Where a job stands. Finer truth (why it ended, what it waits for) lives in fields beside the status."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


ENDED = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})


class Kind(StrEnum):
    """Who does the work: the engine (the job has a command), or a program that reports (it has none)."""

    RUN = "run"
    TRACKED = "tracked"


class Mover(StrEnum):
    """Who may make a move."""

    ENGINE = "engine"
    REPORTER = "reporter"
    PERSON = "person"


_BOTH = frozenset({Mover.ENGINE, Mover.REPORTER})

# (from, to) -> who may. What is not here is illegal; the database refuses it too (migration 0002).
MOVES: dict[tuple[Status, Status], frozenset[Mover]] = {
    (Status.PENDING, Status.RUNNING): _BOTH,
    (Status.PENDING, Status.COMPLETED): frozenset({Mover.REPORTER}),
    (Status.PENDING, Status.FAILED): _BOTH,
    (Status.PENDING, Status.CANCELLED): _BOTH | {Mover.PERSON},
    (Status.RUNNING, Status.COMPLETED): _BOTH,
    (Status.RUNNING, Status.FAILED): _BOTH,
    (Status.RUNNING, Status.CANCELLED): _BOTH | {Mover.PERSON},
    (Status.RUNNING, Status.PENDING): frozenset({Mover.ENGINE}),
    (Status.COMPLETED, Status.PENDING): frozenset({Mover.PERSON}),
    (Status.FAILED, Status.PENDING): frozenset({Mover.PERSON}),
    (Status.CANCELLED, Status.PENDING): frozenset({Mover.PERSON}),
}


def may_move(mover: Mover, current: Status, to: Status) -> bool:
    """Whether `mover` may take a job from `current` to `to`. Staying RUNNING with news is a reporter's
    right."""
    if current is to:
        return current is Status.RUNNING and mover is not Mover.PERSON
    return mover in MOVES.get((current, to), frozenset())


def reachable(mover: Mover, current: Status) -> list[Status]:
    """The statuses that `mover` may set on a job that is `current`, in the order of their life."""
    return [status for status in Status if may_move(mover, current, status)]


class Wants(StrEnum):
    """How a job that another depends on has to end."""

    SUCCESS = "success"
    FAILURE = "failure"
    END = "end"


# A cancel is no success, and it is not what somebody waits for who wants to clean up after a failure.
MEETS: dict[Wants, frozenset[Status]] = {
    Wants.SUCCESS: frozenset({Status.COMPLETED}),
    Wants.FAILURE: frozenset({Status.FAILED}),
    Wants.END: ENDED,
}


class Action(StrEnum):
    """What a person can ask for with one job before them."""

    CANCEL = "cancel"
    RETRY = "retry"
    EDIT = "edit"
    REPORT = "report"
    DELETE = "delete"
    RESUBMIT = "resubmit"
    RESTORE = "restore"


def legal_actions(
    status: Status,
    kind: Kind,
    *,
    cancel_requested: bool,
    leased: bool,
    dispatched: bool,
    archived: bool = False,
) -> tuple[Action, ...]:
    """What the state of a job allows, whoever asks. Each would change something.

    What has ended can be archived; what is archived comes back by a retry too.

    :param cancel_requested: its end was asked for already.
    :param leased: somebody holds an attempt at it, so that only they report.
    :param dispatched: it waits in the queue of another system, which knows it as it was handed over.
    """
    waits, runs, tracked = status is Status.PENDING, status is Status.RUNNING, kind is Kind.TRACKED
    legal = {
        Action.CANCEL: may_move(Mover.PERSON, status, Status.CANCELLED) and not (runs and cancel_requested),
        Action.RETRY: may_move(Mover.PERSON, status, Status.PENDING),
        Action.EDIT: (waits and not dispatched) or (runs and tracked),
        Action.REPORT: tracked and not leased and bool(reachable(Mover.REPORTER, status)),
        Action.DELETE: not runs and not dispatched,
        Action.RESUBMIT: True,
        Action.RESTORE: archived,
    }
    return tuple(action for action, is_legal in legal.items() if is_legal)


class Reason(StrEnum):
    """Why an attempt ended. A completed attempt has none."""

    EXIT_CODE = "exit_code"
    SIGNAL = "signal"
    OUT_OF_MEMORY = "out_of_memory"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    WORKER_LOST = "worker_lost"
    INTERRUPTED = "interrupted"
    START_FAILED = "start_failed"
    DEPENDENCY_FAILED = "dependency_failed"
    POISONOUS = "poisonous"
    REJECTED = "rejected"
    REPORTED = "reported"

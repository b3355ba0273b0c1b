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
    (Status.PENDING, Status.FAILED): frozenset({Mover.REPORTER}),
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


# What a person can do about it.
ADVICE: dict[Reason, str] = {
    Reason.EXIT_CODE: "It ended with an error of its own. Its last lines usually say why; mend it and retry.",
    Reason.SIGNAL: "Something else ended it with a signal. Retry, or look at what else ran then.",
    Reason.OUT_OF_MEMORY: "It needed more memory than it may use. Raise `memory_mb`, or give it less to do.",
    Reason.TIMEOUT: "It ran past its time limit. Raise `timeout`, or split the work.",
    Reason.CANCELLED: "Somebody cancelled it. Retry starts it anew.",
    Reason.WORKER_LOST: "The machine that ran it was lost. Retry, or allow more attempts.",
    Reason.INTERRUPTED: "The worker was stopped while it ran. Retry starts it anew.",
    Reason.START_FAILED: "It could not be started. Check its interpreter and its working directory.",
    Reason.DEPENDENCY_FAILED: "A job that it waited for failed. Retry that one first.",
    Reason.POISONOUS: "It took its worker down time after time. Look into it before you retry.",
    Reason.REJECTED: "No worker can take it as it is. Ask for less, or add a worker that has more.",
    Reason.REPORTED: "The program that does the work reported a failure. Its message says more.",
}

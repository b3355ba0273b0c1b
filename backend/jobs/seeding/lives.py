"""What becomes of a made-up job: when it waits, runs and ends, and how. Pure: imports only states.

Durations are log-normal, most jobs end well, the others for reasons of every kind. A job that has not ended
is either tracked and RUNNING without a lease, so that no engine counts it as lost, or scheduled so far ahead
that none runs it by accident.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import NamedTuple

from ..states import Reason, Status

DAY_MS = 86_400_000
FARTHEST_DAYS = 400
"""So far past the end of the whole time lies the farthest schedule."""

_LONGEST_RUN_MS = 7 * DAY_MS
_BACKOFF_MS = 10_000
_RECENT = 0.1  # the newest part of all jobs, where those are that have not ended
_RETRIED = 0.03
_POOL = 4096


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which an attempt ends; `error` is its message, `says` the history's."""

    status: Status
    reason: str = ""
    exit_code: int | None = None
    signal: int | None = None
    error: str = ""
    says: str = ""


class Try(NamedTuple):
    """An attempt. Times are milliseconds since 1970; `outcome` None: it goes on."""

    started: int
    ended: int
    outcome: Outcome | None


class Moved(NamedTuple):
    """One entry of a history."""

    status: str
    at: int
    message: str
    attempt: int


@dataclass(slots=True)
class Life:
    """What became of a job. `end` None: it waits (until `scheduled`) or runs."""

    created: int
    steps: list[Moved]
    tries: list[Try] = field(default_factory=list)
    end: Outcome | None = None
    scheduled: int | None = None


def _failed(reason: Reason, error: str, exit_code: int | None = None, signal: int | None = None) -> Outcome:
    return Outcome(Status.FAILED, reason.value, exit_code, signal, error, error)


CANCELLED_FIRST = Outcome(Status.CANCELLED, Reason.CANCELLED.value, says="Cancelled before it ran")
FAILED_ONCE = Outcome(
    Status.PENDING,
    Reason.EXIT_CODE.value,
    1,
    error="ConnectionResetError: the file server went away",
    says="Ended with exit code 1. Attempt 2 of 3 follows in 10 s.",
)
OUTCOMES = {
    Outcome(Status.COMPLETED, exit_code=0, says="Completed. Exit code 0."): 870,
    _failed(Reason.EXIT_CODE, "ValueError: the loss is not a number", 1): 38,
    _failed(Reason.EXIT_CODE, "error: cannot open the input, no such file or directory", 2): 14,
    _failed(Reason.EXIT_CODE, "sh: 1: snakemake: not found", 127): 6,
    _failed(Reason.SIGNAL, "Segmentation fault", signal=11): 5,
    _failed(Reason.OUT_OF_MEMORY, "It needed more memory than its limit allows.", signal=9): 11,
    _failed(Reason.TIMEOUT, "It ran past its limit and was ended.", signal=15): 8,
    _failed(Reason.WORKER_LOST, "Its worker was not heard of any more."): 4,
    _failed(Reason.START_FAILED, "Its working folder does not exist."): 3,
    Outcome(Status.CANCELLED, Reason.CANCELLED.value, signal=15, says="Cancelled: no process left."): 22,
    CANCELLED_FIRST: 19,
}
REPORTED = {
    Outcome(Status.COMPLETED, says="All is measured"): 88,
    Outcome(Status.FAILED, Reason.REPORTED.value, error="The instrument reported a fault", says="Fault"): 9,
    Outcome(Status.CANCELLED, Reason.CANCELLED.value, says="Stopped by the operator"): 3,
}


class Lives:
    """Lives of `jobs` jobs from `start` on; `waiting` is the share of all that has not ended by `until`."""

    def __init__(
        self, chance: Random, *, jobs: int, start: datetime, until: datetime, waiting: float
    ) -> None:
        self._jobs = jobs
        self.start, self.until = round(start.timestamp() * 1000), round(until.timestamp() * 1000)
        self._open_share = waiting / _RECENT
        self._waits = [round(1000 * chance.lognormvariate(2.0, 1.4)) for _ in range(_POOL)]
        runs = (round(1000 * chance.lognormvariate(4.4, 1.7)) + 20 for _ in range(_POOL))
        self._runs = [min(run, _LONGEST_RUN_MS) for run in runs]

    def draw(self, chance: Random, tracked: list[bool], first: int) -> Iterator[Life]:
        """The lives of the jobs from `first` on, counted from 0; programs report on those `tracked`."""
        ends = chance.choices(list(OUTCOMES), list(OUTCOMES.values()), k=len(tracked))
        reported = chance.choices(list(REPORTED), list(REPORTED.values()), k=len(tracked))
        for index, by_program in enumerate(tracked):
            part = (first + index + chance.random()) / self._jobs
            created = self._created(part)
            life = Life(created, [Moved("PENDING", created, "", 1)])
            if part > 1 - _RECENT and chance.random() < self._open_share:
                self._go_on(life, by_program, chance)
            elif by_program:
                self._attempt(life, self._after(created, self._waits, chance), reported[index], chance)
            else:
                self._run(life, ends[index], chance)
            yield life

    def _created(self, part: float) -> int:
        """More and more a day, and most of a day at noon."""
        days, hours = divmod(part**0.7 * (self.until - self.start), DAY_MS)
        bent = hours + DAY_MS / 10 * math.sin(math.tau * hours / DAY_MS)
        return min(self.start + int(days * DAY_MS + bent), self.until)

    def _go_on(self, life: Life, by_program: bool, chance: Random) -> None:
        if by_program:
            started = self._after(life.created, self._waits, chance)
            life.steps.append(Moved("RUNNING", started, "Measuring", 1))
            life.tries.append(Try(started, started, None))
        else:
            life.scheduled = self.until + chance.randrange(30, FARTHEST_DAYS) * DAY_MS

    def _run(self, life: Life, end: Outcome, chance: Random) -> None:
        at = self._after(life.created, self._waits, chance)
        if end is CANCELLED_FIRST:
            life.end = end
            life.steps.append(Moved(end.status.value, at, end.says, 1))
            return
        if chance.random() < _RETRIED:
            at = min(self._attempt(life, at, FAILED_ONCE, chance) + _BACKOFF_MS, self.until)
        self._attempt(life, at, end, chance)

    def _attempt(self, life: Life, started: int, outcome: Outcome, chance: Random) -> int:
        """One attempt to its end; when that is."""
        ended = self._after(started, self._runs, chance)
        life.end = outcome
        life.tries.append(Try(started, ended, outcome))
        number = len(life.tries)
        life.steps.append(Moved("RUNNING", started, "Started", number))
        life.steps.append(Moved(outcome.status.value, ended, outcome.says, number + (outcome is FAILED_ONCE)))
        return ended

    def _after(self, at: int, pool: list[int], chance: Random) -> int:
        return min(at + pool[int(chance.random() * _POOL)], self.until)

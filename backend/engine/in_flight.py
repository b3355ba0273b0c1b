"""The attempts that the agent looks after: from the claim until all of each is in the database."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from engine.capacity import Resources, total
from engine.endings import CancelRequest
from engine.executors.base import Executor
from engine.progress import OutputScanner
from engine.throttle import Throttle
from jobs.attempts import AttemptRef, Claimed, Exit
from jobs.logs import STREAMS, Stream
from jobs.transitions import Ending

SECONDS_BETWEEN_BATCHES = 0.05


class Phase(IntEnum):
    """How far an attempt has come with us."""

    QUEUED = 0  # ours in the database; it waits here for room, and the executor does not know of it
    CLAIMED = 1  # ours in the database; the executor may not know of it yet
    RUNNING = 2
    ENDED = 3  # its end is known here, and not yet in the database
    CLOSED = 4  # its end is in the database; its log may not all be


@dataclass(slots=True, eq=False)
class AttemptInFlight:
    """One attempt.

    `ours` is False once another worker may have the job: then it only has to end, and its log to be kept.
    `ending` is set where the end does not come from an exit record; `log_complete` once the database knows
    that its log is. `lease_ends` and `give_back_at` (where it is still queued) are of CLOCK_BOOTTIME.
    `started_at` is by the wall clock, and noted in the database once `note_start_at` has come. Other times
    are of time.monotonic().
    """

    claimed: Claimed
    executor: Executor
    phase: Phase
    priority: int = 0
    lease_ends: float = math.inf
    give_back_at: float = math.inf
    ours: bool = True
    exit: Exit | None = None
    ending: Ending | None = None
    cancel: CancelRequest | None = None
    started_at: datetime | None = None
    note_start_at: float = math.inf
    stop_sent: bool = False
    lingers: bool = False
    said_that_it_lingers: bool = False
    shipped: dict[Stream, int] = field(default_factory=lambda: dict.fromkeys(STREAMS, 0))
    has_news: bool = True
    log_complete: bool = False
    ship_again_at: float = 0.0
    back_off_until: float = 0.0
    failures: int = 0
    scanners: dict[Stream, OutputScanner] = field(
        default_factory=lambda: {stream: OutputScanner() for stream in STREAMS}
    )
    throttle: Throttle = field(default_factory=Throttle)
    progress_seen: bytes | None = None

    @property
    def ref(self) -> AttemptRef:
        return self.claimed.ref

    @property
    def id(self) -> int:
        return self.claimed.ref.attempt_id

    def has_more_log(self) -> bool:
        """Whether it has written more than is shipped."""
        return any(self.executor.log_size(self.ref, name) > self.shipped[name] for name in STREAMS)

    @property
    def needs(self) -> Resources:
        """What it keeps busy while it runs."""
        return Resources(self.claimed.work.cpus, self.claimed.work.memory_mb)

    @property
    def was_short(self) -> bool:
        """Whether it ran for less than a second."""
        return self.exit is not None and self.exit["ended_at"] - self.exit["started_at"] < 1.0

    def ended_with(self, exit: Exit, *, settle_at: float = 0.0) -> None:
        """The executor has recorded how it ended; what it wrote is whole from now on."""
        if self.phase < Phase.ENDED:
            self.exit = exit
            self.phase = Phase.ENDED if self.ours else Phase.CLOSED
            self.has_news = True
            self.ship_again_at = 0.0
            self.back_off_until = settle_at

    def ends_as(self, ending: Ending) -> None:
        """It ended, and there is no exit record that says how."""
        if self.phase < Phase.ENDED:
            self.ending = ending
            self.phase = Phase.ENDED

    def close(self) -> None:
        """Its end is in the database, written by us or by somebody else."""
        self.phase = Phase.CLOSED
        self.failures = 0
        self.has_news = not self.log_complete
        self.ship_again_at = 0.0

    def back_off(self, now: float) -> None:
        """Something about it fails; try again later, and later each time."""
        self._wait(now, first=1.0, longest=60.0)

    def give_way(self, now: float) -> None:
        """Somebody holds its rows, mostly for a moment only."""
        self._wait(now, first=0.02, longest=2.0)

    def _wait(self, now: float, *, first: float, longest: float) -> None:
        self.back_off_until = now + min(longest, first * 2.0 ** min(self.failures, 10))
        self.failures += 1


class InFlight:
    """All attempts that the agent looks after, by id."""

    def __init__(self) -> None:
        self._by_id: dict[int, AttemptInFlight] = {}
        self._next_batch = 0.0

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[AttemptInFlight]:
        return iter(list(self._by_id.values()))

    def get(self, attempt_id: int) -> AttemptInFlight | None:
        return self._by_id.get(attempt_id)

    def take(self, attempt: AttemptInFlight) -> None:
        self._by_id[attempt.id] = attempt

    def drop(self, attempt: AttemptInFlight) -> None:
        self._by_id.pop(attempt.id, None)

    def queued(self, executor: Executor) -> list[AttemptInFlight]:
        """Those that wait here for room, in the order in which they are to start."""
        waiting = [one for one in self if one.phase is Phase.QUEUED and one.executor is executor]
        return sorted(waiting, key=lambda one: -one.priority)

    def running(self) -> list[AttemptInFlight]:
        """Those that keep a part of some machine busy, or are about to."""
        return [one for one in self if Phase.QUEUED < one.phase < Phase.ENDED]

    def within_reach(self) -> list[AttemptInFlight]:
        """Those whose executor can be asked about them."""
        return [one for one in self if one.executor.connected]

    def running_within_reach(self) -> list[AttemptInFlight]:
        return [one for one in self.running() if one.executor.connected]

    def held_within_reach(self) -> list[AttemptInFlight]:
        """Those that have not ended, whether they run or wait here for room."""
        return [one for one in self.within_reach() if one.phase < Phase.ENDED]

    def settle_at(self, now: float) -> float:
        """When to write an end that is known now: at once, but with others where more are to start.

        Then nothing waits for it but people, and a batch costs the database little more than one.
        """
        if all(one.phase is not Phase.QUEUED for one in self._by_id.values()):
            return 0.0
        if now >= self._next_batch:
            self._next_batch = now + SECONDS_BETWEEN_BATCHES
        return self._next_batch

    def to_settle(self, now: float) -> list[AttemptInFlight]:
        return [one for one in self.within_reach() if one.phase is Phase.ENDED and one.back_off_until <= now]

    def closed(self, now: float) -> list[AttemptInFlight]:
        return [one for one in self.within_reach() if one.phase is Phase.CLOSED and one.back_off_until <= now]

    def used(self, executor: Executor) -> Resources:
        """What the attempts of one executor keep busy."""
        return total(one.needs for one in self.running() if one.executor is executor)


def now() -> float:
    """The clock of everything that the agent puts off."""
    return time.monotonic()

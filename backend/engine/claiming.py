"""Claims jobs for all the room that is free, and has them started."""

import logging
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from engine import endings, lookups
from engine.capacity import Resources, choose
from engine.executors.base import Executor, Refused
from engine.in_flight import AttemptInFlight, InFlight, Phase, now
from engine.runner.clock import boottime
from jobs import failpoints, transitions
from jobs.attempts import Claimed
from jobs.transitions import Candidate, Claimer

MOST_AT_ONCE = 100
SECONDS_BETWEEN_LOOKS = 5.0
"""Notifications of new jobs can be lost."""

SECONDS_AFTER_A_REFUSAL = 10.0
SECONDS_BEFORE_A_START_IS_NOTED = 0.02
"""What is over by then needs no statement of its own. So long the spool alone knows that it ran."""

_PLACE_IS_FULL = frozenset({"disk_full", "full", "stopping"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which this worker takes jobs."""

    claimer: Claimer
    room: Resources
    grace: float
    log_cap: int


class Claims:
    """Knows when to look into the queue. Times are of time.monotonic()."""

    def __init__(self, in_flight: InFlight, executor: Executor) -> None:
        self._in_flight = in_flight
        self._executor = executor
        self._look_at = 0.0
        self._not_before = 0.0
        self._obstacle = ""

    def look_now(self) -> None:
        """There may be something to claim, or room for it."""
        self._look_at = 0.0

    def due_at(self) -> float:
        return max(self._look_at, self._not_before)

    def claim(self, terms: Terms) -> None:
        """Claim and start what there is room for. Raises ExecutorGone; what it claimed is in flight."""
        if now() < self.due_at():
            return
        self._look_at = now() + SECONDS_BETWEEN_LOOKS
        free = terms.room.less(self._in_flight.used(self._executor))
        if free.cpus <= 0 or self._is_hindered():
            return
        before = boottime()
        claimed = self._claim(terms, free)
        failpoints.reach("agent.claimed")
        if not claimed:
            self._wait_for_next_due()
            return
        self._look_at = 0.0
        attempts = [self._take(one) for one in claimed]
        self._start(attempts, terms, deadline=before + terms.claimer.lease_seconds)

    def _claim(self, terms: Terms, free: Resources) -> list[Claimed]:
        """The first look is at all that this machine can ever run, so that nobody big waits for ever.

        Where that finds nothing that fits, a second one looks past the big ones.
        """
        held_back = False

        def fitting(candidates: Sequence[Candidate]) -> Iterable[int]:
            nonlocal held_back
            choice = choose(candidates, free, MOST_AT_ONCE)
            held_back |= choice.held_back
            return choice.ids

        look = 16 + 2 * math.ceil(min(MOST_AT_ONCE, free.cpus))
        claimed = transitions.claim(terms.claimer, fitting, look=look)
        if claimed or held_back:
            return claimed
        smaller = replace(terms.claimer, cpus=free.cpus, memory_mb=free.memory_mb)
        return transitions.claim(smaller, fitting, look=look)

    def _take(self, claimed: Claimed) -> AttemptInFlight:
        attempt = AttemptInFlight(claimed, self._executor, Phase.CLAIMED)
        self._in_flight.take(attempt)
        return attempt

    def _start(self, attempts: Sequence[AttemptInFlight], terms: Terms, *, deadline: float) -> None:
        failpoints.reach("agent.starting")
        moment = datetime.now(UTC)
        outcome = self._executor.submit_many(
            [(attempt.ref, attempt.claimed.work) for attempt in attempts],
            deadline=deadline,
            grace=terms.grace,
            log_cap=terms.log_cap,
        )
        failpoints.reach("agent.started")
        for attempt in attempts:
            if (refused := outcome[attempt.id]) is not None:
                self._not_started(attempt, refused)
            else:
                attempt.phase = Phase.RUNNING
                attempt.started_at = moment
                attempt.note_start_at = now() + SECONDS_BEFORE_A_START_IS_NOTED

    def _not_started(self, attempt: AttemptInFlight, refused: Refused) -> None:
        if refused.code in _PLACE_IS_FULL:
            log.warning("Job %d goes back to the queue: %s", attempt.ref.job_id, refused)
            self._not_before = now() + SECONDS_AFTER_A_REFUSAL
            attempt.ends_as(endings.released(attempt.claimed, f"Not started here: {refused}"))
        else:
            attempt.ends_as(endings.not_started(attempt.claimed, str(refused)))

    def _wait_for_next_due(self) -> None:
        seconds = lookups.seconds_to_next_due()
        if seconds is not None:
            self._look_at = min(self._look_at, now() + max(0.0, seconds))

    def _is_hindered(self) -> bool:
        before, self._obstacle = self._obstacle, self._executor.obstacle()
        if self._obstacle and not before:
            log.error("Nothing is claimed for %s: %s", self._executor.name, self._obstacle)
        elif before and not self._obstacle:
            log.info("Jobs are claimed for %s again.", self._executor.name)
        return bool(self._obstacle)

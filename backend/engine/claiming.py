"""Claims jobs for all the room that is free, and has them started."""

import logging
import math
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from django.db import Error

from engine import endings, lookups
from engine.capacity import Resources, choose
from engine.database import is_away
from engine.executors.base import Executor, Refused
from engine.folder import AttemptFolder
from engine.in_flight import AttemptInFlight, InFlight, Phase, now
from engine.runner.clock import boottime
from engine.runner.protocol import Spec
from jobs import failpoints, transitions
from jobs.attempts import AttemptRef, Claimed
from jobs.transitions import Candidate, Claimer

LEAST_FREE_DISK = 500 * 1000 * 1000
"""Bytes; with less in the spool nothing is claimed."""

MOST_AT_ONCE = 100
SECONDS_BETWEEN_LOOKS = 5.0
"""Notifications of new jobs can be lost."""

SECONDS_AFTER_A_REFUSAL = 10.0

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

    def __init__(self, in_flight: InFlight, executor: Executor, spool: Path) -> None:
        self._in_flight = in_flight
        self._executor = executor
        self._spool = spool
        self._look_at = 0.0
        self._not_before = 0.0
        self._said_disk_full = False

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
        free = terms.room.less(self._in_flight.used())
        if free.cpus <= 0 or not self._has_disk():
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

        look = 16 + 2 * min(MOST_AT_ONCE, math.ceil(free.cpus))
        claimed = transitions.claim(terms.claimer, fitting, look=look)
        if claimed or held_back:
            return claimed
        smaller = replace(terms.claimer, cpus=free.cpus, memory_mb=free.memory_mb)
        return transitions.claim(smaller, fitting, look=look)

    def _take(self, claimed: Claimed) -> AttemptInFlight:
        folder = AttemptFolder(self._spool / str(claimed.ref.attempt_id))
        attempt = AttemptInFlight(claimed, folder, Phase.CLAIMED)
        self._in_flight.take(attempt)
        return attempt

    def _start(self, attempts: Sequence[AttemptInFlight], terms: Terms, *, deadline: float) -> None:
        started: list[tuple[AttemptRef, datetime]] = []
        try:
            for attempt in attempts:
                failpoints.reach("agent.starting")
                moment = datetime.now(UTC)
                if self._submit(attempt, terms, deadline):
                    started.append((attempt.ref, moment))
                    failpoints.reach("agent.started")
        finally:
            self._note_started(started)

    def _submit(self, attempt: AttemptInFlight, terms: Terms, deadline: float) -> bool:
        try:
            self._executor.submit(_spec(attempt.claimed, terms, deadline))
        except Refused as error:
            if error.code in _PLACE_IS_FULL:
                log.warning("Job %d goes back to the queue: %s", attempt.ref.job_id, error)
                self._not_before = now() + SECONDS_AFTER_A_REFUSAL
                attempt.ends_as(endings.released(attempt.claimed, f"Not started here: {error}"))
            else:
                attempt.ends_as(endings.not_started(attempt.claimed, str(error)))
            return False
        attempt.phase = Phase.RUNNING
        return True

    def _note_started(self, started: list[tuple[AttemptRef, datetime]]) -> None:
        try:
            transitions.start(started)
        except Error as error:
            if is_away(error):
                raise
            # The settle writes it too.
            log.warning("The start of %d attempts could not be noted: %s", len(started), error)
        failpoints.reach("agent.noted")

    def _wait_for_next_due(self) -> None:
        seconds = lookups.seconds_to_next_due()
        if seconds is not None:
            self._look_at = min(self._look_at, now() + max(0.0, seconds))

    def _has_disk(self) -> bool:
        free = shutil.disk_usage(self._spool).free
        full = free < LEAST_FREE_DISK
        if full and not self._said_disk_full:
            log.error(
                "Nothing is claimed: %s has %d MB free, fewer than 500.", self._spool, free // 1_000_000
            )
        elif self._said_disk_full and not full:
            log.info("There is disk space again.")
        self._said_disk_full = full
        return not full


def _spec(claimed: Claimed, terms: Terms, deadline: float) -> Spec:
    ref, work = claimed.ref, claimed.work
    return Spec(
        attempt_id=ref.attempt_id,
        job_id=ref.job_id,
        attempt=ref.number,
        lease=str(ref.lease),
        command=work.command,
        environment=dict(work.environment),
        working_directory=work.working_directory,
        timeout=work.timeout,
        deadline=deadline,
        grace=terms.grace,
        memory_mb=work.memory_mb or None,
        cpus=work.cpus,
        log_cap=terms.log_cap,
    )

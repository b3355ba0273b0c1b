"""Keeps what runs ours: renews leases, passes the new deadlines on, ends what is not ours any more."""

import logging
from collections.abc import Sequence

from engine import endings, lookups
from engine.database import all_or_each
from engine.executors.base import Refused
from engine.in_flight import AttemptInFlight, InFlight, Phase, now
from engine.runner.clock import boottime
from jobs import failpoints, transitions
from jobs.attempts import StopReason

SECONDS_BETWEEN_LOOKS = 2.0
"""Notifications of cancel requests can be lost."""

log = logging.getLogger(__name__)


class Leases:
    """Times are of time.monotonic(), deadlines of CLOCK_BOOTTIME."""

    def __init__(self, in_flight: InFlight, lease_seconds: int) -> None:
        self._in_flight = in_flight
        self._lease_seconds = lease_seconds
        self._renew_at = 0.0

    def renew_now(self) -> None:
        self._renew_at = 0.0

    def due_at(self) -> float | None:
        return self._renew_at if self._in_flight.held_within_reach() else None

    def renew(self, grace: float) -> bool:
        """Renew every lease at a third of its length, and sooner what could not be renewed.

        False when an executor does not know them all.
        """
        held = [attempt for attempt in self._in_flight.held_within_reach() if attempt.ours]
        if not held or now() < self._renew_at:
            return True
        self._renew_at = now() + self._lease_seconds / 3
        unknown: list[int] = []
        all_or_each(
            held,
            lambda some: unknown.extend(self._renew(some, grace)),
            lambda *_: self._try_again_soon(),
        )
        return not unknown

    def _renew(self, attempts: Sequence[AttemptInFlight], grace: float) -> list[int]:
        # Read before the database's clock, so that we never believe in a lease for longer than it does.
        deadline = boottime() + self._lease_seconds
        renewed = transitions.renew([one.ref for one in attempts])
        failpoints.reach("agent.renewed")
        unknown: list[int] = []
        for executor in {one.executor for one in attempts}:
            kept = [one for one in attempts if one.executor is executor and one.id in renewed.kept]
            for one in kept:
                one.lease_ends = deadline
            unknown += executor.extend([one.ref for one in kept if one.phase is not Phase.QUEUED], deadline)
        for one in attempts:
            if one.id in renewed.lost:
                log.warning("Attempt %d is not ours any more and is ended.", one.id)
                one.ours = False
                if one.phase is Phase.QUEUED:
                    one.close()
                else:
                    stop(one, "fenced", grace)
        if len(renewed.kept) + len(renewed.lost) < len(attempts):
            self._try_again_soon()
        return unknown

    def _try_again_soon(self) -> None:
        self._renew_at = min(self._renew_at, now() + self._lease_seconds / 30)


class Cancels:
    """Carries out the requests that people have recorded."""

    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._look_at = 0.0

    def look_now(self) -> None:
        self._look_at = 0.0

    def due_at(self) -> float | None:
        return self._look_at if self._in_flight.held_within_reach() else None

    def carry_out(self, grace: float) -> None:
        if now() < self._look_at:
            return
        self._look_at = now() + SECONDS_BETWEEN_LOOKS
        held = {attempt.id: attempt for attempt in self._in_flight.held_within_reach()}
        for attempt_id, request in lookups.cancel_requests(held).items():
            attempt = held[attempt_id]
            if attempt.cancel is None:
                # The request stands where that stood.
                attempt.said_that_it_lingers = False
            attempt.cancel = request
            if attempt.phase is Phase.QUEUED:
                attempt.ends_as(endings.released(attempt.claimed, "Cancelled before it was started."))
            elif attempt.phase is Phase.RUNNING and not attempt.stop_sent:
                stop(attempt, "cancelled", grace)
                failpoints.reach("agent.cancel_sent")


def stop(attempt: AttemptInFlight, reason: StopReason, grace: float) -> None:
    """Have an attempt ended; one that is not there any more needs none."""
    attempt.stop_sent = True
    try:
        attempt.executor.cancel(attempt.ref, reason=reason, grace=grace)
    except Refused as error:
        log.info("Attempt %d was not stopped: %s", attempt.id, error)

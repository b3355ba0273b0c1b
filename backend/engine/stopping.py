"""The way to a stop of the whole machine: jobs get a last chance, are ended, and their ends are stored."""

from enum import IntEnum

WAIT_SECONDS = 10.0
"""For jobs that are about to end by themselves."""

MOST_GRACE = 10.0
"""From SIGTERM to SIGKILL, whatever a cancel allows."""

SETTLE_SECONDS = 10.0
"""After the grace, for ends and logs to be stored; then they stay in the spool for the next start."""


class Stage(IntEnum):
    NONE = 0
    WAITING = 1  # nothing new is claimed
    ENDING = 2  # what still runs is being ended


class Stopping:
    """Times are of time.monotonic()."""

    def __init__(self, grace: float) -> None:
        self.grace = min(grace, MOST_GRACE)
        self._stage_since = 0.0
        self.stage = Stage.NONE

    def asked(self, now: float) -> None:
        """Begin; asked again, do not wait."""
        self._enter(Stage.WAITING if self.stage is Stage.NONE else Stage.ENDING, now)

    def advance(self, now: float, *, running: bool) -> None:
        if self.stage is Stage.WAITING and (not running or now >= self._stage_since + WAIT_SECONDS):
            self._enter(Stage.ENDING, now)

    def over(self, now: float, *, in_flight: bool) -> bool:
        """Whether nothing is left to do, or no time to do it."""
        if self.stage is not Stage.ENDING:
            return False
        return not in_flight or now >= self._stage_since + self.grace + SETTLE_SECONDS

    def due_at(self) -> float | None:
        if self.stage is Stage.NONE:
            return None
        return self._stage_since + (
            WAIT_SECONDS if self.stage is Stage.WAITING else self.grace + SETTLE_SECONDS
        )

    def _enter(self, stage: Stage, now: float) -> None:
        if stage > self.stage:
            self.stage, self._stage_since = stage, now

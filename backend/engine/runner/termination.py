"""Ending a job against its will: SIGTERM to all of it, a grace, SIGKILL to all of it, until none is left."""

import signal

from engine.runner.clock import wall
from engine.runner.process_group import ProcessGroup
from jobs.attempts import Receipt

SHORTEST_PAUSE = 0.005
LONGEST_PAUSE = 0.2


class Termination:
    """Begins with SIGTERM as soon as it is made. `now` and `grace` are seconds of CLOCK_BOOTTIME."""

    def __init__(self, group: ProcessGroup, reason: str, grace: float, now: float) -> None:
        self.reason = reason
        self._group = group
        self._kill_due = now + grace
        self._kill_at: float | None = None
        self._killed = 0
        self._pause = SHORTEST_PAUSE
        self._term_at = wall()
        group.signal(signal.SIGTERM)
        # A stopped process gets its SIGTERM only once it runs again.
        group.signal(signal.SIGCONT)

    def shorten(self, kill_due: float) -> None:
        self._kill_due = min(self._kill_due, kill_due)

    def advance(self, now: float) -> float:
        """Do what is due; returns when to come back."""
        if now < self._kill_due:
            return self._kill_due
        if self._kill_at is None:
            self._kill_at = wall()
        self._killed += self._group.kill()
        return now + self._next_pause()

    def wait(self, now: float) -> float:
        """When to look again whether those that are left have gone by themselves."""
        return min(now + self._next_pause(), self._kill_due)

    def is_killing(self, now: float) -> bool:
        return now >= self._kill_due

    def receipt(self, *, verified_empty: bool) -> Receipt:
        return {
            "by": self._group.by,
            "term_at": self._term_at,
            "kill_at": self._kill_at,
            "verified_empty": verified_empty,
            "processes_killed": self._killed,
        }

    def _next_pause(self) -> float:
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        return pause

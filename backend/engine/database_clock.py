"""Notices when the database's clock is set: it and this machine's CLOCK_BOOTTIME must move equally far."""

from collections.abc import Callable

from django.db import connection

from engine.runner.clock import boottime

TOLERANCE = 5.0
"""Seconds by which the two may come apart; far less than what a lease is given past its end."""

NOW = "SELECT extract(epoch FROM clock_timestamp())::float8"


class DatabaseClock:
    """Times are seconds: the database's since 1970, our own of CLOCK_BOOTTIME.

    The database reads its clock at some moment between question and answer, so that what it is ahead of ours
    is only known to lie between two bounds; a slow answer is no jump.
    """

    def __init__(self) -> None:
        self._ahead: tuple[float, float] | None = None

    def jump(self, read: Callable[[], float]) -> float:
        """How far the clock was set since the last call, backwards below 0; 0.0 where it was not."""
        before = boottime()
        database = read()
        least, most = database - boottime(), database - before
        if self._ahead is None:
            self._ahead = least, most
            return 0.0
        forward, backward = least - self._ahead[1], most - self._ahead[0]
        jump = forward if forward > TOLERANCE else backward if backward < -TOLERANCE else 0.0
        if jump:
            self._ahead = least, most
        return jump

    def latest(self) -> float | None:
        """The most that the database's clock may show now unless it was set; None before the first call."""
        return None if self._ahead is None else self._ahead[1] + boottime() + TOLERANCE


def read() -> float:
    """The database's clock, by Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        return float(cursor.fetchone()[0])

"""The database as the agent meets it: sometimes away, and sometimes unhappy about a single item."""

import logging
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar

from django.db import DataError, Error, IntegrityError, InterfaceError, connection

FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0

# Classes and codes of SQLSTATE that say nothing about the statement: connections, resources, shutdowns, a
# standby, and tables that a migration has not made yet.
_AWAY = ("08", "53", "57P", "25006", "42P01", "28", "3D000")

log = logging.getLogger(__name__)

T = TypeVar("T")


class DatabaseAway(Exception):
    """Nothing can be asked of the database now."""


class Database:
    """Knows whether it is worth trying; waits longer each time it is not. Times are of time.monotonic()."""

    def __init__(self) -> None:
        self._failures = 0
        self.retry_at = 0.0

    @property
    def away(self) -> bool:
        return self._failures > 0

    @contextmanager
    def use(self, now: Callable[[], float]) -> Iterator[None]:
        """Raises DatabaseAway for what is wrong with the connection; errors of single statements pass."""
        try:
            yield
        except Error as error:
            if not is_away(error):
                raise
            self._lost(error, now())
            raise DatabaseAway from error
        if self._failures:
            log.info("The database answers again.")
            self._failures = 0

    def _lost(self, error: Error, now: float) -> None:
        if not self._failures:
            log.warning("The database is away; jobs run on, and it is tried again: %s", _line(error))
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(self._failures, 8))
        self._failures += 1
        self.retry_at = now + wait * (0.5 + random.random() / 2)  # noqa: S311  (spreads load, keeps no secret)
        with suppress(Error):
            connection.close()


def is_away(error: Error) -> bool:
    """Whether the database cannot be asked anything now, as against: this one statement failed."""
    if is_bad_data(error):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, InterfaceError) or state is None or state.startswith(_AWAY)


def is_bad_data(error: Error) -> bool:
    """Whether the statement can never be carried out as it is; anything else may go well later."""
    return isinstance(error, DataError | IntegrityError)


def all_or_each(
    items: Sequence[T], write: Callable[[Sequence[T]], None], failed: Callable[[T, Error], None]
) -> None:
    """Write all items at once; where that fails, one by one, so that a bad one never holds up another.

    `failed` is told each item that cannot be written even alone, and why. Where that may go well later, the
    items after it are left for the next call: if it is the database that is slow, each of them would wait as
    long. Raises what says that the database is away.
    """
    if not items:
        return
    try:
        write(items)
    except Error as error:
        if is_away(error):
            raise
        log.warning("A batch of %d failed and is tried one by one: %s", len(items), _line(error))
    else:
        return
    for item in items:
        try:
            write([item])
        except Error as error:
            if is_away(error):
                raise
            failed(item, error)
            if not is_bad_data(error):
                log.warning("It failed alone too, and is tried again later: %s", _line(error))
                return
            log.exception("The database refuses it.")


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__

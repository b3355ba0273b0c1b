"""Listens to `jobdeck_wake`: there may be a job to claim or a cancel to carry out. Some may be lost."""

import logging

import psycopg

from jobs.events import WAKE
from jobs.listening import ChannelListener

SECONDS_BETWEEN_TRIES = 5.0

log = logging.getLogger(__name__)


class Notifications:
    """The channel as the agent's loop wants it. Times are of time.monotonic()."""

    def __init__(self) -> None:
        self._listener = ChannelListener(WAKE, name="jobdeck-notifications")
        self._retry_at = 0.0

    def listen(self, now: float) -> bool:
        """Be connected, if it is time to try; True when some may have been missed until now."""
        if self._listener.connected or now < self._retry_at:
            return False
        self._retry_at = now + SECONDS_BETWEEN_TRIES
        try:
            self._listener.connect()
        except psycopg.Error as error:
            log.info("Not listening yet: %s", error)
            return False
        return True

    def fileno(self) -> int | None:
        """Readable when there may be some; None while not connected."""
        return self._listener.fileno() if self._listener.connected else None

    def heard(self) -> bool:
        """Whether there was one since the last call, or one may have been lost; never waits."""
        if not self._listener.connected:
            return False
        try:
            return bool(self._listener.take())
        except psycopg.Error as error:
            log.info("No longer listening: %s", error)
            self.close()
            return True

    def close(self) -> None:
        self._listener.close()

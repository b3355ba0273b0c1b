"""Listens to `jobdeck_wake`: there may be a job to claim or a cancel to carry out. Some may be lost."""

import logging
from contextlib import suppress

import psycopg
from django.db import connection

from jobs.events import WAKE

SECONDS_BETWEEN_TRIES = 5.0

log = logging.getLogger(__name__)


class Notifications:
    """A connection of its own that listens. Lost, it is made again. Times are of time.monotonic()."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._retry_at = 0.0

    def listen(self, now: float) -> bool:
        """Be connected, if it is time to try; True when some may have been missed until now."""
        if self._connection is not None or now < self._retry_at:
            return False
        self._retry_at = now + SECONDS_BETWEEN_TRIES
        try:
            self._connection = dedicated_connection("jobdeck-notifications")
            self._connection.execute(f"LISTEN {WAKE}")
        except psycopg.Error as error:
            log.info("Not listening yet: %s", error)
            self.close()
            return False
        return True

    def fileno(self) -> int | None:
        """Readable when there may be some; None while not connected."""
        if self._connection is None or self._connection.closed:
            return None
        return self._connection.fileno()

    def heard(self) -> bool:
        """Whether one came since the last call, or may have been lost; never waits."""
        if self._connection is None:
            return False
        try:
            return bool(list(self._connection.notifies(timeout=0)))
        except psycopg.Error:
            self.close()
            return True

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


def dedicated_connection(name: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection outside Django's pool, autocommitting, for what lasts as long as the session does."""
    wanted = ("dbname", "user", "password", "host", "port")
    params = {key: value for key, value in connection.get_connection_params().items() if key in wanted}
    return psycopg.connect(**params, autocommit=True, connect_timeout=3, application_name=name)

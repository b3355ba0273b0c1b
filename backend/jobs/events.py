"""What happened, announced after commit: a hint to browsers and agents that they should look.

A NOTIFY takes a lock over the whole database until its transaction commits, so none is ever sent inside one
that does work: a thread with a connection of its own sends what has gathered, at most every 10 ms, and never
the same id twice. Hints may be lost (the process may die); whoever depends on them also looks by itself from
time to time.
"""

import atexit
import json
import logging
import threading
import time
from collections.abc import Iterable

import psycopg
from django.db import connection, transaction

CHANGED = "jobdeck_changed"  # payload: a JSON list of job ids, or "*" when they are too many
WAKE = "jobdeck_wake"  # no payload: something may be claimable, or a cancel was requested

PAUSE_SECONDS = 0.01
MOST_IDS = 500  # keeps the payload below PostgreSQL's 8,000 bytes with ids of 14 digits

log = logging.getLogger(__name__)


def changed(job_ids: Iterable[int]) -> None:
    """Announce, once the current transaction has committed, that these jobs look different now or are
    gone."""
    ids = frozenset(job_ids)
    if ids:
        transaction.on_commit(lambda: _announcer.add(ids, wake=False))


def wake() -> None:
    """Tell the agents, once the current transaction has committed, that there may be something to do."""
    transaction.on_commit(lambda: _announcer.add(frozenset(), wake=True))


class Announcer:
    """Gathers what changed and sends it from a thread of its own, which starts with the first
    announcement."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._ids: set[int] = set()
        self._wake = False
        self._something = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._thread: threading.Thread | None = None
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None

    def add(self, ids: frozenset[int], *, wake: bool) -> None:
        """Take note; returns at once."""
        with self._lock:
            self._ids |= ids
            self._wake |= wake
            self._idle.clear()
            self._something.set()
            if self._thread is None or not self._thread.is_alive():  # the first time, and after a fork
                self._connection = None  # one from before a fork is the parent's
                self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)
                self._thread.start()

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until everything noted so far has been sent; False if that took longer than `timeout`
        seconds."""
        return self._idle.wait(timeout)

    def close(self) -> None:
        """Send what is left and give the connection back. The next announcement opens another."""
        self.flush()
        with self._sending:
            self._drop_connection()

    def _run(self) -> None:
        while True:
            self._something.wait()
            with self._lock:
                ids, self._ids = self._ids, set()
                wake, self._wake = self._wake, False
                self._something.clear()
            try:
                with self._sending:
                    self._send(ids, wake=wake)
            except psycopg.Error as error:
                # A lost hint is made good by everybody's own look; a retry here would only pile up.
                log.info("hint not sent: %s", error)
                self._drop_connection()
            time.sleep(PAUSE_SECONDS)
            with self._lock:
                if not self._something.is_set():
                    self._idle.set()

    def _send(self, ids: set[int], *, wake: bool) -> None:
        if self._connection is None or self._connection.closed:
            self._connection = _connect()
        if ids:
            payload = json.dumps(sorted(ids), separators=(",", ":")) if len(ids) <= MOST_IDS else '"*"'
            self._connection.execute("SELECT pg_notify(%s, %s)", [CHANGED, payload])
        if wake:
            self._connection.execute("SELECT pg_notify(%s, '')", [WAKE])

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _connect() -> psycopg.Connection[tuple[object, ...]]:
    wanted = ("dbname", "user", "password", "host", "port")
    params = {k: v for k, v in connection.get_connection_params().items() if k in wanted}
    return psycopg.connect(**params, autocommit=True, connect_timeout=5, application_name="jobdeck-announcer")


def close() -> None:
    """Let go of the database, as a test does before its database is dropped."""
    _announcer.close()


_announcer = Announcer()
atexit.register(_announcer.flush, timeout=1.0)

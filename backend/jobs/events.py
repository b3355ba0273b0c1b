"""What happened, announced after commit: a notification to browsers and agents that they should look.

A NOTIFY takes a lock over the whole database until its transaction commits, so none is ever sent inside one
that does work: a thread with a connection of its own sends what has gathered, at most every 10 ms, and never
the same id twice. Some may be lost all the same (the process may die); `jobs.listening` says what that means
for those who listen.
"""

import atexit
import json
import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from django.db import transaction

from .sessions import Session, open_session

CHANGED = "jobdeck_changed"  # payload: see `Changes`
WAKE = "jobdeck_wake"  # no payload: something may be claimable, or a cancel was requested

PAUSE_SECONDS = 0.01
RETRY_SECONDS = 1.0
MOST_IDS = 500  # keeps the payload below PostgreSQL's 8,000 bytes with ids of 14 digits

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Changes:
    """Which jobs look different now or are gone; with `everything` they are too many to name."""

    ids: frozenset[int] = frozenset()
    everything: bool = False

    def payload(self) -> str:
        """A JSON list of ids, or "*"."""
        if self.everything or len(self.ids) > MOST_IDS:
            return '"*"'
        return json.dumps(sorted(self.ids), separators=(",", ":"))

    @classmethod
    def read(cls, payload: str) -> "Changes":
        """What a payload says. One that cannot be read means everything, to be safe."""
        try:
            said = json.loads(payload)
        except ValueError:
            return cls(everything=True)
        if isinstance(said, list) and all(type(one) is int for one in said):
            return cls(frozenset(said))
        return cls(everything=True)


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
        self._everything = False
        self._wake = False
        self._something = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._thread: threading.Thread | None = None
        self._connection: Session | None = None

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
                changes, self._ids = Changes(frozenset(self._ids), self._everything), set()
                wake, self._wake, self._everything = self._wake, False, False
                self._something.clear()
            try:
                with self._sending:
                    self._send(changes, wake=wake)
                time.sleep(PAUSE_SECONDS)
            except psycopg.Error as error:
                log.info("A notification was not sent: %s", error)
                self._drop_connection()
                self._make_good()
                time.sleep(RETRY_SECONDS)
            with self._lock:
                if not self._something.is_set():
                    self._idle.set()

    def _send(self, changes: Changes, *, wake: bool) -> None:
        if self._connection is None or self._connection.closed:
            self._connection = open_session("jobdeck-announcer")
        if changes.ids or changes.everything:
            self._connection.execute("SELECT pg_notify(%s, %s)", [CHANGED, changes.payload()])
        if wake:
            self._connection.execute("SELECT pg_notify(%s, '')", [WAKE])

    def _make_good(self) -> None:
        """What was not told in time is not gathered for long: once it can be said, everybody reads anew."""
        with self._lock:
            self._everything = self._wake = True
            self._something.set()

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def close() -> None:
    """Let go of the database, as a test does before its database is dropped."""
    _announcer.close()


_announcer = Announcer()
atexit.register(_announcer.flush, timeout=1.0)

"""The state of the database, by name: while it has the same name, whatever is read is the same.

It is asked with every conditional request, and most of what such a request costs would be the way there: a
connection from the pool and back, a round trip for each. So one session is kept for that, and whoever comes
while it is busy shares the next question, which is asked after all of them have come.
"""

import threading
from concurrent.futures import Future
from functools import cache

import psycopg

from .reading import reader
from .sessions import Session, open_session
from .sql import fetch

# The usual way, with its own patience, is gone when this one takes too long.
ANSWER_SECONDS = 1.0

# The transactions whose changes are seen, since this server's start: restored from a backup, it counts them
# anew. Of a standby, how far it has followed: its list of those under way is not told. Unknown within a
# transaction that has changed something, which is in no snapshot of its own.
_SNAPSHOT = """
SELECT current_database() || ' ' || pg_postmaster_start_time()::text || ' '
    || CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text
            WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text END AS name"""


def snapshot() -> str | None:
    """The name of the state in which this request finds the database that it reads; None where unknown."""
    connection = reader()
    return _ask() if connection.in_atomic_block else _session(connection.alias).ask()


class SnapshotSession:
    """Asks one database, once at a time, for any thread."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._session: Session | None = None
        self._asking = threading.Lock()
        self._joining = threading.Lock()
        self._next: Future[str | None] | None = None

    def ask(self) -> str | None:
        """The name of a state that is not older than this call. Raises what the usual way does."""
        with self._joining:
            leads = self._next is None
            answer = self._next = self._next or Future()
        if leads:
            with self._asking:
                with self._joining:
                    self._next = None  # who comes from now on may have seen what this does not
                self._answer(answer)
        return answer.result()

    def _answer(self, answer: "Future[str | None]") -> None:
        try:
            answer.set_result(self._by_session() or self._as_usual())
        except BaseException as error:  # noqa: BLE001  (whoever waits has to hear of anything)
            answer.set_exception(error)

    def _by_session(self) -> str | None:
        if self._session is None:
            return None
        try:
            row = self._session.execute(_SNAPSHOT).fetchone()
        except psycopg.Error:
            self._session.close()
            self._session = None
            return None
        return row[0] if row else None

    def _as_usual(self) -> str | None:
        """Where that works, there is a session the next time."""
        name = _ask()
        if reader().alias != self._alias:
            return None  # the primary has answered for a replica, which others still read
        if self._session is None:
            self._session = self._opened()
        return name

    def _opened(self) -> Session | None:
        try:
            session = open_session("jobdeck-snapshot", using=self._alias)
        except psycopg.Error:
            return None
        session.answer_seconds = ANSWER_SECONDS
        return session


@cache
def _session(alias: str) -> SnapshotSession:
    return SnapshotSession(alias)


def _ask() -> str | None:
    name: str | None = fetch(_SNAPSHOT)[0]["name"]
    return name

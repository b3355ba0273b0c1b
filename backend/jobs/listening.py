"""A notification of the database, as those hear it who then read what is true.

It is only a hint: it carries no state, it may be lost, and one may come for nothing. Whoever listens reads
the database when one comes, after every (re)connection, and now and then without any.
"""

from contextlib import suppress
from time import monotonic

import psycopg
from psycopg.pq.abc import PGconn

from .sessions import Session, open_session

# A connection that has silently died says nothing either; a question now and then shows it.
SILENCE_SECONDS = 15.0
PROBE_SECONDS = 5.0


class ChannelListener:
    """Hears some channels, on a session of its own. Not for two threads at once."""

    def __init__(self, *channels: str, name: str) -> None:
        self._channels = channels
        self._name = name
        self._session: Session | None = None
        self._heard_at = 0.0
        self._asked_at: float | None = None

    @property
    def connected(self) -> bool:
        return self._session is not None

    def connect(self) -> None:
        """Listen from now on; what was said before is missed. May wait. Raises `psycopg.Error`."""
        self.close()
        session = open_session(self._name)
        try:
            for channel in self._channels:
                session.execute(f"LISTEN {channel}")
        except psycopg.Error:
            session.close()
            raise
        self._session, self._heard_at, self._asked_at = session, monotonic(), None

    def fileno(self) -> int:
        """Readable when there may be something to take."""
        return self._live().fileno()

    def take(self) -> list[tuple[str, str]]:
        """Channel and payload of each since the last call; never waits. To be called every few seconds.

        Raises `psycopg.Error` when the connection is lost, or has not answered for so long that it must be.
        """
        pg = self._live().pgconn
        heard = []
        pg.consume_input()
        while notification := pg.notifies():
            heard.append((notification.relname.decode(), notification.extra.decode()))
        self._probe(pg, heard=bool(heard))
        return heard

    def close(self) -> None:
        if self._session is not None:
            with suppress(psycopg.Error):
                self._session.close()
            self._session = None

    def _live(self) -> Session:
        if self._session is None:
            raise psycopg.OperationalError("not listening")
        return self._session

    def _probe(self, pg: PGconn, *, heard: bool) -> None:
        """After a silence send an empty query, and do not wait: its answer comes by a later call."""
        now = monotonic()
        if self._asked_at is not None:
            while not pg.is_busy() and self._asked_at is not None:
                if pg.get_result() is None:
                    heard, self._asked_at = True, None
        if heard:
            self._heard_at = now
        elif self._asked_at is not None:
            if now - self._asked_at > PROBE_SECONDS:
                raise psycopg.OperationalError("the database has not answered for too long")
        elif now - self._heard_at > SILENCE_SECONDS:
            pg.send_query(b"")
            pg.flush()
            self._asked_at = now

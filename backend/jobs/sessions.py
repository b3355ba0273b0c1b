"""Sessions of our own with the database, beside Django's: for what lasts as long as the session does.

Listening, announcing and locks that a session holds need one. Each is opened here, so that all of them come
with what DATABASE_URL asks for: TLS, its certificates, keepalives, timeouts.
"""

from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.rows import TupleRow

ANSWER_SECONDS = 10.0
# What Django adds for its own use of a connection.
_DJANGOS_OWN = frozenset({"cursor_factory", "context", "prepare_threshold"})

T = TypeVar("T")


class Session(psycopg.Connection[TupleRow]):
    """A connection that waits for an answer for `answer_seconds` at most, then raises `OperationalError`.

    The other side may be gone without a word, or be frozen: without a bound its user would hang with it.
    """

    answer_seconds = ANSWER_SECONDS

    def wait(self, gen: Generator[Any, Any, T], interval: float = 0.1, timeout: float | None = None) -> T:
        return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)


def open_session(name: str, *, using: str = DEFAULT_DB_ALIAS) -> Session:
    """A session outside Django's pool that commits each statement; `name` is its application_name.

    Connecting takes as long as `connect_timeout` says, for each host of the address.
    """
    given = connections[using].get_connection_params()
    params = {key: value for key, value in given.items() if key not in _DJANGOS_OWN}
    return Session.connect(**{**params, "application_name": name}, autocommit=True)

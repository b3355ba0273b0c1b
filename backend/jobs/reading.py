"""Where reads go: to the primary, or for the time of a request to a replica that is fresh enough.

Whatever is asked inside a transaction of the primary stays there, and so do writes and all accounts: a token
that was revoked must not live on in a replica.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.db.transaction import Atomic

T = TypeVar("T")


class ReadPlace:
    """Where one request reads; chosen at its first read, for then it is known who asks."""

    def __init__(self, choose: Callable[[], str], left: Callable[[str], None]) -> None:
        """`choose` gives an alias of DATABASES; `left` hears of the replica that could not answer."""
        self._choose = choose
        self._left = left
        self._alias: str | None = None

    @property
    def alias(self) -> str:
        if self._alias is None:
            self._alias = self._choose()
        return self._alias

    @property
    def is_replica(self) -> bool:
        """False also where nothing was read."""
        return self._alias not in (None, DEFAULT_DB_ALIAS)

    def leave(self) -> None:
        """The replica did not answer: the rest is asked of the primary."""
        if self.is_replica:
            self._left(self.alias)
        self._alias = DEFAULT_DB_ALIAS

    @contextmanager
    def entered(self) -> Iterator[None]:
        """All that is read in the block is read here."""
        token = _place.set(self)
        try:
            yield
        finally:
            _place.reset(token)

    def around(self, pieces: Iterable[T]) -> Iterator[T]:
        """The same pieces, each of them made here: an answer that is streamed is made after its view."""
        remaining = iter(pieces)
        while True:
            with self.entered():
                try:
                    piece = next(remaining)
                except StopIteration:
                    return
            yield piece


_place: ContextVar[ReadPlace | None] = ContextVar("read_place", default=None)


def reader() -> BaseDatabaseWrapper:
    """The connection for what is only read, of this thread and request."""
    return connections[_reader_alias()]


def read_transaction() -> Atomic:
    """A transaction where reads go: for settings that hold for its statements."""
    return transaction.atomic(using=_reader_alias())


def ask(query: Callable[[CursorWrapper], T]) -> T:
    """Read by one statement, which `query` runs. What a replica cannot answer the primary is asked."""
    connection, place = reader(), _place.get()
    try:
        with connection.cursor() as cursor:
            return query(cursor)
    except (OperationalError, InterfaceError) as error:
        too_slow = isinstance(error.__cause__, psycopg.errors.QueryCanceled)
        if place is None or connection.alias == DEFAULT_DB_ALIAS or too_slow or connection.in_atomic_block:
            raise
        place.leave()
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        return query(cursor)


class ReplicaRouter:
    """Sends Django's own reads of jobs where the others go."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return _reader_alias() if model._meta.app_label == "jobs" else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """They are copies of one database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def _reader_alias() -> str:
    place = _place.get()
    if place is None or connections[DEFAULT_DB_ALIAS].in_atomic_block:
        return DEFAULT_DB_ALIAS
    return place.alias

"""Threads with a database connection each: one holds a transaction open, the other meets it."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from django.db import connection, transaction

from jobs import failpoints

LIMIT_SECONDS = 20  # a test that hangs fails by this
HELD_AT = "transitions.moved"

T = TypeVar("T")


class RolledBack(Exception):
    """Thrown into a held transaction so that it rolls back."""


class Side:
    """A thread that keeps its connection, so that a test need not wait for a new one."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1)
        self.thread_id, self.pid = self.start(lambda: (threading.get_ident(), _pid())).result(LIMIT_SECONDS)

    def start(self, work: Callable[[], T]) -> "Future[T]":
        """Begin `work` in this thread."""
        return self._pool.submit(work)

    def close(self) -> None:
        """Give the connection back and end the thread."""
        self.start(lambda: connection.close()).result(LIMIT_SECONDS)  # noqa: PLW0108  (this thread's own)
        self._pool.shutdown()


class Held:
    """A move that has written and not yet committed."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.release = threading.Event()
        self.roll_back = False

    def stop_here(self) -> None:
        """What the armed failpoint does: wait, then go on or roll back."""
        self.reached.set()
        if not self.release.wait(LIMIT_SECONDS):
            raise TimeoutError("nobody released the held move")
        if self.roll_back:
            raise RolledBack


@contextmanager
def held(side: Side, move: Callable[[], T], *, statements: int = 1) -> Iterator[tuple[Held, "Future[T]"]]:
    """Run `move` in a transaction of `side` and hold it after its `statements`th statement.

    Leaving the block lets it go.
    """
    hold, seen = Held(), [0]

    def at_failpoint() -> None:
        if threading.get_ident() == side.thread_id:
            seen[0] += 1
            if seen[0] == statements:
                hold.stop_here()

    def in_transaction() -> T:
        with transaction.atomic():
            return move()

    failpoints.arm(HELD_AT, at_failpoint)
    future = side.start(in_transaction)
    try:
        until(lambda: hold.reached.is_set() or future.done())
        yield hold, future
    finally:
        hold.release.set()
        failpoints.disarm(HELD_AT)
        future.exception(LIMIT_SECONDS)


def waits_for(waiting: Side, holding: Side, future: "Future[T]") -> bool:
    """Whether `waiting` comes to wait for a lock of `holding`; False once it has finished instead."""
    found = [False]

    def settled() -> bool:
        found[0] = holding.pid in _blockers(waiting.pid)
        return found[0] or future.done()

    until(settled)
    return found[0]


def until(condition: Callable[[], bool]) -> None:
    """Look every 2 ms until `condition` holds."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "what the test waits for did not happen"
        time.sleep(0.002)


def _blockers(pid: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_blocking_pids(%s)", [pid])
        return list(cursor.fetchone()[0])


def _pid() -> int:
    connection.ensure_connection()
    assert isinstance(connection.connection, psycopg.Connection)
    return connection.connection.info.backend_pid

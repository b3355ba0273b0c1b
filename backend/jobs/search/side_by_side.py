"""Work that several processes share, each with a session of its own; they end with the one that began them.

Nothing of ours is imported before Django is set up, for these processes begin with this module.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar, cast

import django
from django.db import connection

T = TypeVar("T")


class Ended(Exception):
    """A process that shares the work has ended in the middle of it; it has said why."""


def each(work: Callable[[T], object], things: Sequence[T]) -> Iterator[T]:
    """Do `work`, a function of a module, with each; yields them in order, each when all before are done."""
    done = [False] * len(things)
    told = given = 0
    with ExitStack() as stack:
        many = min(os.cpu_count() or 1, len(things))
        processes = [stack.enter_context(_Process(work)) for _ in range(many)]
        busy: dict[Connection, tuple[_Process, int]] = {}
        while told < len(things):
            while processes and given < len(things):
                process = processes.pop()
                process.pipe.send(things[given])
                busy[process.pipe] = process, given
                given += 1
            for pipe in cast(list[Connection], wait(list(busy))):
                process, number = busy.pop(pipe)
                process.has_done()
                done[number] = True
                processes.append(process)
            while told < len(things) and done[told]:
                yield things[told]
                told += 1


class _Process:
    """One that does `work` with what comes through its pipe, and answers after each."""

    def __init__(self, work: Callable[[Any], object]) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(
            target=_serve, args=(theirs, str(connection.settings_dict["NAME"])), daemon=True
        )
        self._process.start()
        theirs.close()
        self.pipe.send(work)

    def has_done(self) -> None:
        """Hear that it has; raises `Ended`."""
        try:
            self.pipe.recv()
        except EOFError as error:
            raise Ended from error

    def __enter__(self) -> "_Process":
        return self

    def __exit__(self, *_: object) -> None:
        self.pipe.close()
        self._process.terminate()
        self._process.join()


def _serve(pipe: Connection, database: str) -> None:
    django.setup()
    connection.settings_dict["NAME"] = database
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        work = pipe.recv()
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        while True:
            work(pipe.recv())
            pipe.send(None)

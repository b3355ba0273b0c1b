"""What runs beside the connections: tasks, actions at a bounded rate, and short reads in threads."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

# Threads of their own, so that these reads never wait behind requests.
THREADS = 2
READ_SECONDS = 5.0
RETRY_SECONDS = 1.0
NOT_READ = (DatabaseError, InterfaceError, TimeoutError)
"""What `read` raises when the database does not answer (in time)."""

_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="live")

log = logging.getLogger(__name__)


def start_task(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    """Start a task; if it ends in an error, the log has it. Keep the result, or the task may vanish."""
    task = asyncio.create_task(work)
    task.add_done_callback(_report)
    return task


async def read(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that reads the database in a thread. Raises its errors, and those of `NOT_READ`."""

    def run() -> T:
        close_old_connections()
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    async with asyncio.timeout(READ_SECONDS):
        return await asyncio.get_running_loop().run_in_executor(_pool, run)


class Debounce:
    """
    Runs `action` soon after `ask`, with `seconds` between two runs.

    The first request after a quiet time is met at once; many requests meanwhile are met by one run. An action
    that could not read the database is run again.
    """

    def __init__(self, action: Callable[[], Awaitable[None]], seconds: float) -> None:
        self._action = action
        self._seconds = seconds
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Ask for a run."""
        self._asked.set()

    async def run(self) -> None:
        """Serve requests until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self._action()
            except NOT_READ as error:
                log.info("Live updates wait for the database: %s", error)
                self._asked.set()
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:  # a bug in one run must not end all later ones
                log.exception("A live update failed.")
            await asyncio.sleep(self._seconds)


def _report(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("A live task failed.", exc_info=error)

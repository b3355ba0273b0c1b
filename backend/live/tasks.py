"""Background tasks whose failure does not go unnoticed."""

import asyncio
import logging
from collections.abc import Coroutine

log = logging.getLogger(__name__)


def start_task(work: Coroutine[None, None, None]) -> asyncio.Task[None]:
    """Start a task; if it ends in an error, the log has it. Keep the result, or the task may vanish."""
    task = asyncio.create_task(work)
    task.add_done_callback(_tell)
    return task


def _tell(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("a live task failed", exc_info=error)

"""Keeps something from happening more than once a second."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Pace:
    """
    Runs `action` soon after `ask`, with `seconds` between two runs.

    The first request after a quiet time is met at once; many requests meanwhile are met by one run.
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
            except Exception:  # a bug in one run must not end all later ones
                log.exception("live updates: a run failed")
            await asyncio.sleep(self._seconds)

"""Hears what has changed: one connection per web process, made again whenever it is lost."""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from jobs.listening import ChannelListener

# How often the connection is looked at when it says nothing.
LOOK_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0

log = logging.getLogger(__name__)


def _nothing() -> None: ...


@dataclass(frozen=True, slots=True)
class Ear:
    """Who hears a channel: called with each payload, when some may have been missed before, and at a cut."""

    hear: Callable[[str], None]
    on_return: Callable[[], None]
    on_loss: Callable[[], None] = _nothing


class Listener:
    """Listens for all that were given an ear, by channel, before it runs."""

    def __init__(self) -> None:
        self.ears: dict[str, Ear] = {}
        self._readable = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled."""
        self._channel = ChannelListener(*self.ears, name="jobdeck-live")
        pause = FIRST_PAUSE
        try:
            while True:
                try:
                    await asyncio.to_thread(self._channel.connect)
                    pause = FIRST_PAUSE
                    await self._listen()
                except psycopg.Error as error:
                    # Said once: while it stays away, every try ends like this.
                    level = logging.WARNING if self._channel.connected else logging.DEBUG
                    log.log(level, "Live updates are cut off from the database: %s", error)
                    self._channel.close()
                    self._tell_of_loss()
                # Not all processes at once, and never long: browsers fall back to asking meanwhile.
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  (no secret)
                pause = min(pause * 2, LONGEST_PAUSE)
        finally:
            self._channel.close()
            self._tell_of_loss()

    async def _listen(self) -> None:
        for ear in self.ears.values():
            ear.on_return()
        descriptor = self._channel.fileno()
        loop = asyncio.get_running_loop()
        loop.add_reader(descriptor, self._readable.set)
        try:
            while True:
                for channel, payload in self._channel.take():
                    self.ears[channel].hear(payload)
                await self._wait()
        finally:
            loop.remove_reader(descriptor)

    def _tell_of_loss(self) -> None:
        for ear in self.ears.values():
            ear.on_loss()

    async def _wait(self) -> None:
        """Until there may be something to take, or it is time to look."""
        self._readable.clear()
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._readable.wait()
        except TimeoutError:
            return

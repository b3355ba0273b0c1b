"""Hears PostgreSQL's hints: one connection per web process, made again whenever it is lost."""

import asyncio
import logging
import random
from collections.abc import Callable

import psycopg
from django.db import connection
from psycopg import AsyncConnection, sql

from jobs.events import CHANGED
from live.hints import Hint, read_hint

# Nothing is heard from a connection that has silently died; a question now and then shows it.
SILENCE_SECONDS = 20
ANSWER_SECONDS = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0

log = logging.getLogger(__name__)


class Listener:
    """Calls `on_hint` for every hint, and `on_return` after each time that hints may have been missed."""

    def __init__(self, on_hint: Callable[[Hint], None], on_return: Callable[[], None]) -> None:
        self._on_hint = on_hint
        self._on_return = on_return
        self.connected = False

    async def run(self) -> None:
        """Listen until cancelled."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with await _connect() as database:
                    pause = FIRST_PAUSE
                    await self._listen(database)
            except (psycopg.Error, OSError, TimeoutError) as error:
                if self.connected:
                    log.warning("live updates are cut off from the database: %s", error)
            self.connected = False
            # Not all processes at once, and never long: browsers fall back to asking meanwhile.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  (no secret)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _listen(self, database: AsyncConnection) -> None:
        await database.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANGED)))
        self.connected = True
        self._on_return()
        while True:
            async for notification in database.notifies(timeout=SILENCE_SECONDS):
                self._on_hint(read_hint(notification.payload))
            async with asyncio.timeout(ANSWER_SECONDS):
                await database.execute("SELECT 1")


async def _connect() -> AsyncConnection:
    wanted = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "connect_timeout")
    params = {key: value for key, value in connection.get_connection_params().items() if key in wanted}
    return await AsyncConnection.connect(**params, autocommit=True, application_name="jobdeck-live")

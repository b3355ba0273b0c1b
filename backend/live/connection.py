"""One browser: what it watches, what it has still to be sent, and the task that sends it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import IntEnum
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError

from accounts.models import User
from live import frames
from live.logs import read_piece
from live.messages import BadMessage, Command, Logs, Ping, Stats, read_message
from live.outbox import Outbox
from live.subscriptions import LogWatch, Watches, log_key
from live.threads import in_thread

if TYPE_CHECKING:
    from live.hub import Hub

SEND_SECONDS = 20.0
RETRY_SECONDS = 1.0

log = logging.getLogger(__name__)


class CloseCode(IntEnum):
    """Why the server closes a connection."""

    TOO_LARGE = 1009
    TRY_LATER = 1013
    SILENT = 4400
    NOT_SIGNED_IN = 4401
    TOO_SLOW = 4408
    TOO_MANY_MESSAGES = 4429


Send = Callable[[str], Awaitable[None]]
Close = Callable[[CloseCode], None]


class Connection:
    """A browser that has been let in."""

    def __init__(self, hub: "Hub", user: User, send: Send, close: Close) -> None:
        self.user = user
        self.watches = Watches()
        self._hub = hub
        self._send = send
        self._close = close
        self._outbox = Outbox()

    def put(self, about: object, frame: str) -> None:
        """Add a frame to what is to be sent; returns at once."""
        self._outbox.put(about, frame)

    def hear(self, text: str) -> None:
        """Do what a message says; answer with an error frame where it makes no sense."""
        try:
            message = read_message(text)
            if isinstance(message, Ping):
                self.put("pong", frames.PONG)
            else:
                self._obey(message)
        except BadMessage as error:
            self.put("error", frames.error(str(error)))

    def log_may_have_grown(self, job_id: int | None = None) -> None:
        """Look at the logs that are followed (of one job, or all) for more."""
        for watch in self.watches.logs.values():
            if job_id in (None, watch.topic.id):
                watch.due = True
        self._outbox.nudge()

    async def run(self) -> None:
        """Send until cancelled, or until the reader stalls."""
        try:
            while True:
                for frame in await self._outbox.take():
                    await self._send_in_time(frame)
                for watch in tuple(self.watches.logs.values()):
                    if watch.due:
                        await self._follow(watch)
        except TimeoutError:
            log.info("live reader stalled: %s", self.user.username)
            self._close(CloseCode.TOO_SLOW)

    def _obey(self, command: Command) -> None:
        rows, logs = self.watches.row_ids(), self.watches.log_ids()
        change = self.watches.add if command.do == "subscribe" else self.watches.remove
        change(command.topic)
        self._hub.watches_changed(self, rows, logs)
        if isinstance(command.topic, Stats):
            self._hub.stats_wanted()
        if isinstance(command.topic, Logs):
            self._outbox.nudge()

    async def _follow(self, watch: LogWatch) -> None:
        """Send the next piece of a log. Reading waits for the reader: a long log is never held in memory."""
        watch.due = False
        try:
            piece = await in_thread(read_piece, self.user, watch.topic, watch.offset)
        except (DatabaseError, InterfaceError) as error:
            log.info("live log not read: %s", error)
            return
        if self.watches.logs.get(log_key(watch.topic)) is not watch:
            return
        if piece is None:
            self._end_log(watch)
            self.put("error", frames.error("There is no such log."))
            return
        if piece.news:
            await self._send_in_time(piece.frame)
        watch.offset = piece.next_offset
        if piece.more:
            watch.due = True
            self._outbox.nudge()
        elif piece.complete:
            self._end_log(watch)

    def _end_log(self, watch: LogWatch) -> None:
        rows, logs = self.watches.row_ids(), self.watches.log_ids()
        self.watches.logs.pop(log_key(watch.topic))
        self._hub.watches_changed(self, rows, logs)

    async def _send_in_time(self, frame: str) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await self._send(frame)

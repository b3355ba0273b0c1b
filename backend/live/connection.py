"""One browser: what it watches, what it has still to be sent, and the task that sends it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import IntEnum
from typing import TYPE_CHECKING

from accounts.models import User
from live import frames
from live.background import NOT_READ, read
from live.log_follower import read_piece
from live.messages import BadMessage, LogTopic, StatsTopic, WatchCommand, read_message
from live.subscriptions import LogWatch, Watches, log_key

if TYPE_CHECKING:
    from live.hub import Hub

SEND_SECONDS = 20.0

log = logging.getLogger(__name__)


class CloseCode(IntEnum):
    """Why the server closes a connection."""

    TOO_LARGE = 1009, "The message was too large, or not text."
    TRY_LATER = 1013, "There is no room, or the database does not answer: try again later."
    SILENT = 4400, "Nothing came from you for three minutes."
    NOT_SIGNED_IN = 4401, "You are not signed in, or not any more."
    TOO_SLOW = 4408, "You read too slowly."
    TOO_MANY_MESSAGES = 4429, "You sent too many messages."

    detail: str

    def __new__(cls, value: int, detail: str) -> "CloseCode":
        code = int.__new__(cls, value)
        code._value_, code.detail = value, detail
        return code


Send = Callable[[str], Awaitable[None]]
Close = Callable[[CloseCode], None]


class SendQueue:
    """
    What has still to be sent: the newest frame of each thing only, so that a slow reader costs no memory.

    A job that changes ten times while its reader is busy is sent once, as it is then; so at most one frame
    waits for everything that is watched.
    """

    def __init__(self) -> None:
        self._frames: dict[object, str] = {}
        self._something = asyncio.Event()

    def put(self, about: object, frame: str) -> None:
        """Add a frame, in place of one that tells of the same thing."""
        self._frames[about] = frame
        self._something.set()

    def nudge(self) -> None:
        """Wake the sender for something that is not in here."""
        self._something.set()

    async def take(self) -> list[str]:
        """Wait until there is something, and give all there is (nothing after a mere nudge)."""
        await self._something.wait()
        self._something.clear()
        taken, self._frames = list(self._frames.values()), {}
        return taken


class LiveConnection:
    """A browser that has been let in."""

    def __init__(self, hub: "Hub", user: User, send: Send, close: Close) -> None:
        self.user = user
        self.watches = Watches()
        self._hub = hub
        self._send = send
        self._close = close
        self._queue = SendQueue()
        self._shown: dict[int, bool] = {}
        """Of the jobs that are watched and were told of: whether there was one to show."""

    def put(self, about: object, frame: str) -> None:
        """Add a frame to what is to be sent; returns at once."""
        self._queue.put(about, frame)

    def put_job(self, job_id: int, frame: str | None) -> None:
        """Tell of a job that is watched; None: there is none that this person may see.

        Who has never been shown the job is told so once, and hears nothing of what else happens to it.
        """
        shown = self._shown.get(job_id)
        self._shown[job_id] = frame is not None
        if frame is not None:
            self.put(("job", job_id), frame)
        elif shown:
            self.put(("job", job_id), frames.job_deleted(job_id))
        elif shown is None:
            self.put(("job", job_id), frames.job_not_found(job_id))

    def hear(self, text: str) -> None:
        """Do what a message says; answer with an error frame where it makes no sense."""
        try:
            command = read_message(text)
            if command is None:
                self.put("pong", frames.PONG)
            else:
                self._obey(command)
        except BadMessage as error:
            self.put("error", frames.error(str(error)))

    def log_may_have_grown(self, job_id: int | None = None) -> None:
        """Look at the logs that are followed (of one job, or all) for more."""
        for watch in self.watches.logs.values():
            if job_id in (None, watch.topic.id):
                watch.due = True
        self._queue.nudge()

    async def run(self) -> None:
        """Send until cancelled, or until the reader stalls."""
        try:
            while True:
                for frame in await self._queue.take():
                    await self._send_in_time(frame)
                for watch in tuple(self.watches.logs.values()):
                    if watch.due:
                        await self._follow(watch)
        except TimeoutError:
            log.info("A live reader stalled: %s", self.user.username)
            self._close(CloseCode.TOO_SLOW)

    def _obey(self, command: WatchCommand) -> None:
        rows, logs = self.watches.row_ids(), self.watches.log_ids()
        change = self.watches.add if command.do == "subscribe" else self.watches.remove
        change(command.topic)
        self._shown = {job_id: self._shown[job_id] for job_id in self.watches.row_ids() & self._shown.keys()}
        self._hub.watches_changed(self, rows, logs)
        if isinstance(command.topic, StatsTopic):
            self._hub.stats_wanted()
        if isinstance(command.topic, LogTopic):
            self._queue.nudge()

    async def _follow(self, watch: LogWatch) -> None:
        """Send the next piece of a log. Reading waits for the reader: a long log is never held in memory."""
        watch.due = False
        try:
            piece = await read(read_piece, self.user, watch.topic, watch.offset)
        except NOT_READ as error:
            log.info("A log that is followed waits for the database: %s", error)
            return  # the hub has everybody look again every few seconds
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
            self._queue.nudge()
        elif piece.complete:
            self._end_log(watch)

    def _end_log(self, watch: LogWatch) -> None:
        rows, logs = self.watches.row_ids(), self.watches.log_ids()
        self.watches.logs.pop(log_key(watch.topic))
        self._hub.watches_changed(self, rows, logs)

    async def _send_in_time(self, frame: str) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await self._send(frame)

"""The WebSocket: lets in who is signed in, and passes messages to and fro."""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from typing import Any

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from accounts.websocket import user_of_scope
from live import frames
from live.background import NOT_READ, read, start_task
from live.connection import CloseCode, LiveConnection
from live.hub import Hub
from live.messages import LONGEST

# A page says a handful of things when it opens, and one when it scrolls.
BURST, PER_SECOND = 100, 20.0
# Someone who signed out elsewhere, or was shut out, is noticed within this time.
LOOK_AGAIN_SECONDS = 60.0
# Pages ping every 25 s; from whom nothing comes for this long, nothing will come.
SILENCE_SECONDS = 180.0
CLOSE_SECONDS = 5.0
QUIET_SECONDS = 0.2


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """One connection; `hub` is the process's."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.hub = hub
        self.connection: LiveConnection | None = None
        self._leaving = asyncio.Event()
        self._close_code: CloseCode | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._allowance, self._heard_at = float(BURST), time.monotonic()

    async def connect(self) -> None:
        """Accept, then say hello or why not: a browser sees no code of a connection that was refused."""
        await self.accept()
        try:
            user = await read(user_of_scope, self.scope)
        except NOT_READ:
            self._leave(CloseCode.TRY_LATER)
            return
        if user is None:
            self._leave(CloseCode.NOT_SIGNED_IN)
            return
        connection = LiveConnection(self.hub, user, self._send_text, self._leave)
        if not self.hub.join(connection):
            self._leave(CloseCode.TRY_LATER)
            return
        self.connection = connection
        connection.put("hello", frames.hello(settings.VERSION))
        self._tasks = [start_task(connection.run()), start_task(self._look_again())]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Hear a message, within bounds."""
        if self.connection is None:
            return
        if text_data is None or len(text_data) > LONGEST:
            self._leave(CloseCode.TOO_LARGE)
        elif not self._within_rate():
            self._leave(CloseCode.TOO_MANY_MESSAGES)
        else:
            self.connection.hear(text_data)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the connection to its end, and clean up whatever ended it."""

        async def receive_or_stop() -> Any:
            return await self._until_leaving(receive())

        try:
            await super().__call__(scope, receive_or_stop, send)
            self._end_tasks()
            if self._close_code is CloseCode.TOO_MANY_MESSAGES:
                await _hear_out(receive)
            if self._close_code is not None:
                await self._say_goodbye(self._close_code)
        finally:
            self._part()
            self._end_tasks()

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            if time.monotonic() - self._heard_at > SILENCE_SECONDS:
                self._leave(CloseCode.SILENT)
                return
            with contextlib.suppress(*NOT_READ):
                if await read(user_of_scope, self.scope) is None:
                    self._leave(CloseCode.NOT_SIGNED_IN)
                    return

    def _within_rate(self) -> bool:
        now = time.monotonic()
        self._allowance = min(BURST, self._allowance + (now - self._heard_at) * PER_SECOND)
        self._heard_at = now
        self._allowance -= 1
        return self._allowance >= 0

    async def _send_text(self, frame: str) -> None:
        await self.send(text_data=frame)

    def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _say_goodbye(self, code: CloseCode) -> None:
        # A browser that has stopped reading never takes the closing frame either.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.close(code)

    def _leave(self, code: CloseCode) -> None:
        """End the connection soon; `__call__` does it, because granian cannot close while it receives."""
        self._part()
        self._close_code = code
        self._leaving.set()

    def _part(self) -> None:
        if self.connection is not None:
            self.hub.part(self.connection)
            self.connection = None

    async def _until_leaving(self, receiving: Coroutine[Any, Any, Any]) -> Any:
        """Give what is received, or stop as soon as the connection is to end."""
        heard = asyncio.ensure_future(receiving)
        leaving = asyncio.ensure_future(self._leaving.wait())
        try:
            await asyncio.wait((heard, leaving), return_when=asyncio.FIRST_COMPLETED)
            if self._leaving.is_set():
                raise StopConsumer
            return heard.result()
        finally:
            leaving.cancel()
            heard.cancel()
            await asyncio.wait((heard,))


async def _hear_out(receive: Any) -> None:
    """Take what is on its way, for a moment: closed with messages unread, TCP resets and the code is lost."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            quiet = False
            while not quiet:
                heard = asyncio.ensure_future(receive())
                await asyncio.wait((heard,), timeout=QUIET_SECONDS)
                quiet = not heard.done() or heard.result()["type"] == "websocket.disconnect"
                heard.cancel()
                await asyncio.wait((heard,))

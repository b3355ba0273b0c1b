"""The WebSocket: lets in who is signed in, and passes messages to and fro."""

import asyncio
import contextlib
import time
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from accounts.models import User
from accounts.websocket import user_of_scope
from live import frames
from live.connection import CloseCode, Connection
from live.hub import Hub
from live.messages import LONGEST
from live.tasks import start_task
from live.threads import in_thread

# A page says a handful of things when it opens, and one when it scrolls.
BURST, PER_SECOND = 100, 20.0
# Someone who signed out elsewhere, or was shut out, is noticed within this time.
LOOK_AGAIN_SECONDS = 60.0
# Pages ping every 25 s; from whom nothing comes for this long, nothing will come.
SILENCE_SECONDS = 180.0


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """One connection; `hub` is the process's."""

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.hub = hub
        self.connection: Connection | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._allowance, self._heard_at = float(BURST), time.monotonic()

    async def connect(self) -> None:
        """Accept, then say hello or why not: a browser sees no code of a connection that was refused."""
        user = await self._user()
        await self.accept()
        if user is None:
            await self.close(CloseCode.NOT_SIGNED_IN)
            return
        connection = Connection(self.hub, user, self._send_text, self._close_with)
        if not self.hub.join(connection):
            await self.close(CloseCode.TRY_LATER)
            return
        self.connection = connection
        connection.put("hello", frames.hello(settings.VERSION))
        self._tasks = [start_task(connection.run()), start_task(self._look_again())]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Hear a message, within bounds."""
        if self.connection is None:
            return
        if text_data is None or len(text_data) > LONGEST:
            await self.close(CloseCode.TOO_LARGE)
        elif not self._within_pace():
            await self.close(CloseCode.TOO_MANY_MESSAGES)
        else:
            self.connection.hear(text_data)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the connection to its end, and clean up whatever ended it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.connection is not None:
                self.hub.part(self.connection)
            for task in self._tasks:
                task.cancel()

    async def _user(self) -> User | None:
        try:
            return await in_thread(user_of_scope, self.scope)
        except (DatabaseError, InterfaceError):
            return None

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            if time.monotonic() - self._heard_at > SILENCE_SECONDS:
                await self.close(CloseCode.SILENT)
                return
            with contextlib.suppress(DatabaseError, InterfaceError):
                if await in_thread(user_of_scope, self.scope) is None:
                    await self.close(CloseCode.NOT_SIGNED_IN)
                    return

    def _within_pace(self) -> bool:
        now = time.monotonic()
        self._allowance = min(BURST, self._allowance + (now - self._heard_at) * PER_SECOND)
        self._heard_at = now
        self._allowance -= 1
        return self._allowance >= 0

    async def _send_text(self, frame: str) -> None:
        await self.send(text_data=frame)

    async def _close_with(self, code: CloseCode) -> None:
        await self.close(code)

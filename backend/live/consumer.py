"""The WebSocket: lets in who is signed in, and passes messages to and fro."""

import asyncio
import contextlib
import time
from collections.abc import Mapping

from django.conf import settings
from granian.rsgi import ProtocolClosed, ProtocolError, WebsocketMessageType, WebsocketProtocol

from accounts.websocket import user_of_headers
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

CUT = (ProtocolClosed, ProtocolError)
"""What granian raises once the other side has gone."""


class LiveConsumer:
    """One connection, once its Host and Origin are known to be good; `hub` is the process's."""

    def __init__(self, hub: Hub, headers: Mapping[str, str], protocol: WebsocketProtocol) -> None:
        self._hub = hub
        self._headers = headers
        self._protocol = protocol
        self._connection: LiveConnection | None = None
        self._leaving: asyncio.Future[CloseCode | None] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._allowance, self._heard_at = float(BURST), time.monotonic()

    async def run(self) -> None:
        """Accept, then say hello or why not, listen to the end, and clean up whatever ended it."""
        self._transport = await self._protocol.accept()
        try:
            code = await self._serve()
            if code is CloseCode.TOO_MANY_MESSAGES:
                await self._hear_out()
            if code is not None:
                await self._say_goodbye(code)
        finally:
            self._protocol.close(None)
            del self._transport  # while anything holds it, granian keeps the socket open

    async def _serve(self) -> CloseCode | None:
        """Listen to the end; gives what there is to say about it."""
        try:
            await self._greet()
            self._tasks.append(start_task(self._listen()))
            return await self._leaving
        finally:
            self._part()
            await self._end_tasks()

    async def _greet(self) -> None:
        """Let in who is signed in. It is accepted by now: of one that is refused a browser learns nothing."""
        try:
            user = await read(user_of_headers, self._headers)
        except NOT_READ:
            self._leave(CloseCode.TRY_LATER)
            return
        if user is None:
            self._leave(CloseCode.NOT_SIGNED_IN)
            return
        connection = LiveConnection(self._hub, user, self._send, self._leave)
        if not self._hub.join(connection):
            self._leave(CloseCode.TRY_LATER)
            return
        self._connection = connection
        connection.put("hello", frames.hello(settings.VERSION))
        self._tasks += start_task(connection.run()), start_task(self._look_again())

    async def _listen(self) -> None:
        """Hear messages, within bounds, until the other side leaves or has to."""
        with contextlib.suppress(*CUT):
            while (message := await self._transport.receive()).kind != WebsocketMessageType.close:
                self._hear(message.data)
        self._leave(None)

    def _hear(self, said: str | bytes) -> None:
        if self._connection is None:
            return
        if isinstance(said, bytes) or len(said) > LONGEST:
            self._leave(CloseCode.TOO_LARGE)
        elif not self._within_rate():
            self._leave(CloseCode.TOO_MANY_MESSAGES)
        else:
            self._connection.hear(said)

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            if time.monotonic() - self._heard_at > SILENCE_SECONDS:
                self._leave(CloseCode.SILENT)
                return
            with contextlib.suppress(*NOT_READ):
                if await read(user_of_headers, self._headers) is None:
                    self._leave(CloseCode.NOT_SIGNED_IN)
                    return

    def _within_rate(self) -> bool:
        now = time.monotonic()
        self._allowance = min(BURST, self._allowance + (now - self._heard_at) * PER_SECOND)
        self._heard_at = now
        self._allowance -= 1
        return self._allowance >= 0

    async def _send(self, frame: str) -> None:
        with contextlib.suppress(*CUT):  # who listens notices it too
            await self._transport.send_str(frame)

    def _leave(self, code: CloseCode | None) -> None:
        """End the connection soon: `run` does it. The first reason counts; None: there is nobody to tell."""
        self._part()
        if not self._leaving.done():
            self._leaving.set_result(code)

    def _part(self) -> None:
        if self._connection is not None:
            self._hub.part(self._connection)
            self._connection = None

    async def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _hear_out(self) -> None:
        """Take what is on its way, for a moment: closed with messages unread, TCP resets and all is lost."""
        with contextlib.suppress(TimeoutError, *CUT):
            async with asyncio.timeout(CLOSE_SECONDS):
                while True:
                    async with asyncio.timeout(QUIET_SECONDS):
                        message = await self._transport.receive()
                    if message.kind == WebsocketMessageType.close:
                        return

    async def _say_goodbye(self, code: CloseCode) -> None:
        # A browser that has stopped reading never takes the last frame either.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._send(frames.goodbye(code, code.detail))

"""Runs Django's WSGI application on a pool of threads, and frees a thread whose reader left or stalls."""

import asyncio
import contextlib

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import HTTPScope, Receive, Send, SendEvent
from a2wsgi.wsgi import WSGIResponder

from web.body import ReaderLeft, replay

# How long one piece of an answer (64 KiB or so) may take to be read.
WRITE_SECONDS = 30


class WSGIPool(WSGIMiddleware):
    """a2wsgi's bridge for a body that has been taken already; what nobody reads ends."""

    async def serve(self, scope: HTTPScope, body: bytes, receive: Receive, send: Send) -> None:
        responder = _Responder(self.app, self.executor, self.send_queue_size)
        watch = asyncio.create_task(responder.watch(receive))
        try:
            with contextlib.suppress(ReaderLeft):
                await responder(scope, replay(body, receive), send)
        finally:
            watch.cancel()


class _Responder(WSGIResponder):
    """
    One request.

    Granian's `send` neither fails nor waits once the reader is gone, so an unread stream would be produced to
    its end; and it waits for ever for one who stopped reading. Both end here as `ReaderLeft` in the thread.
    """

    gone = False

    async def watch(self, receive: Receive) -> None:
        """Wait until the reader has gone."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self.gone = True

    async def sender(self, send: Send) -> None:
        """Pass on what the thread queues; after a stall, only empty the queue, so that the thread goes on."""
        while (message := await self.send_queue.get()) is not None:
            if self.gone:
                continue
            try:
                async with asyncio.timeout(WRITE_SECONDS):
                    await send(message)
            except TimeoutError:
                self.gone = True

    def send(self, message: SendEvent | None) -> None:
        """Queue a message (called in the thread)."""
        if self.gone:
            raise ReaderLeft
        super().send(message)

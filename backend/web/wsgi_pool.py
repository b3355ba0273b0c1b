"""
Runs Django's WSGI application on a pool of threads.

A request whose answer has not begun in time is answered 503, whatever its thread still waits for; a thread
whose reader left or stalls is freed.
"""

import asyncio
import contextlib
import threading

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import HTTPScope, Receive, Send, SendEvent
from a2wsgi.wsgi import WSGIResponder
from a2wsgi.wsgi_typing import Environ, StartResponse

from jobs.errors import NoAnswer
from web.body import ReaderLeft, replay

# How long an answer may take to begin. Statements are stopped by the database before that
# (config.process), so only a database that does not answer at all, or too much to do, comes to this.
FIRST_BYTE_SECONDS = 4.5
# How long one piece of an answer (64 KiB or so) may take to be read.
WRITE_SECONDS = 30

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class WSGIPool(WSGIMiddleware):
    """a2wsgi's bridge for a body that has been taken already, within bounds of time."""

    async def serve(self, scope: HTTPScope, body: bytes, receive: Receive, send: Send) -> None:
        """Answer a request. Raises `NoAnswer` when no answer has begun in time; then nothing was sent."""
        responder = _Responder(self)
        watch = asyncio.create_task(responder.watch(receive))
        try:
            async with asyncio.timeout(FIRST_BYTE_SECONDS) as responder.budget:
                with contextlib.suppress(ReaderLeft):
                    await responder(scope, replay(body, receive), send)
        except TimeoutError:
            if not responder.budget.expired():
                raise
            raise _no_answer(begun=responder.give_up(), method=scope["method"]) from None
        finally:
            watch.cancel()


class _Responder(WSGIResponder):
    """
    One request.

    Granian's `send` neither fails nor waits once the reader is gone, so an unread stream would be produced to
    its end; and it waits for ever for one who stopped reading. Both end here as `ReaderLeft` in the thread.
    """

    def __init__(self, pool: WSGIPool) -> None:
        super().__init__(pool.app, pool.executor, pool.send_queue_size)
        self.budget = asyncio.timeout(None)
        self._lock = threading.Lock()
        self._begun = False
        self._gone = False

    async def watch(self, receive: Receive) -> None:
        """Wait until the reader has gone."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone = True

    def give_up(self) -> bool:
        """Nobody waits for the answer any more; gives whether a thread has begun to work on it."""
        with self._lock:
            self._gone = True
            return self._begun

    def wsgi(self, environ: Environ, start_response: StartResponse) -> None:
        """Run the application (called in the thread), unless nobody waits for it any more."""
        with self._lock:
            if self._gone:
                raise ReaderLeft
            self._begun = True
        super().wsgi(environ, start_response)

    async def sender(self, send: Send) -> None:
        """Pass on what the thread queues; after a stall, only empty the queue, so that the thread goes on."""
        while (message := await self.send_queue.get()) is not None:
            if self._gone or self.budget.expired():
                continue
            self.budget.reschedule(None)  # the answer begins: no more hurry
            try:
                async with asyncio.timeout(WRITE_SECONDS):
                    await send(message)
            except TimeoutError:
                self._gone = True

    def send(self, message: SendEvent | None) -> None:
        """Queue a message (called in the thread)."""
        if not self._gone:
            super().send(message)
        elif message is None or message["type"] != "http.response.start":
            # Not at the start: Django gives its connection back only once its answer is closed.
            raise ReaderLeft


def _no_answer(*, begun: bool, method: str) -> NoAnswer:
    if method in SAFE_METHODS:
        return NoAnswer()
    if not begun:
        return NoAnswer("No answer was ready in time; nothing was changed.")
    return NoAnswer(
        "No answer was ready in time, and it is not decided whether the change is made.",
        hint="Look before you send it again, or send it again under the same Idempotency-Key.",
    )

"""
Runs Django's WSGI application on a pool of threads.

The thread that has made an answer hands it to the server itself: a request crosses from one thread to another
twice, there and back. One whose answer has not begun in time is answered 503, whatever its thread still waits
for.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from wsgiref.types import WSGIApplication

from granian.rsgi import HTTPProtocol

from jobs.errors import NoAnswer
from web.request import Request
from web.stream import ReaderLeft, send_stream

# How long an answer may take to begin. Statements are stopped by the database before that
# (config.process), so only a database that does not answer at all, or too much to do, comes to this.
FIRST_BYTE_SECONDS = 4.5
# Most are answered before anybody would look whether they are still waited for.
LOOK_AFTER_SECONDS = 0.2

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class WSGIPool:
    """`workers` threads that run `app`."""

    def __init__(self, app: WSGIApplication, workers: int) -> None:
        self._app = app
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="WSGI")

    async def serve(self, request: Request, body: bytes, proto: HTTPProtocol) -> None:
        """Answer a request. Raises `NoAnswer` when no answer has begun in time; then nothing was sent."""
        answer = _Answer(self._app, request, body, proto)
        job = self._threads.submit(answer.make)
        made = asyncio.wrap_future(job)
        is_awaited = await _wait_for(made, proto)
        if made.done() or not answer.give_up():
            await made
        elif is_awaited:
            raise _no_answer(begun=not job.cancel(), method=request.method)
        else:
            job.cancel()


class _Answer:
    """What a thread makes of a request, and hands to the server."""

    def __init__(self, app: WSGIApplication, request: Request, body: bytes, proto: HTTPProtocol) -> None:
        self._app = app
        self._request = request
        self._body = body
        self._proto = proto
        self._status, self._headers = 500, list[tuple[str, str]]()
        self._lock = threading.Lock()
        self._is_begun = self._is_given_up = False

    def make(self) -> None:
        """Run the application and send what it answers (called in the thread)."""
        pieces = self._app(self._request.environ(self._body), self._start_response)
        try:
            # Not before the end of this: Django gives its connection back only once its answer is closed.
            with contextlib.suppress(ReaderLeft):
                self._send(pieces)
        finally:
            getattr(pieces, "close", _nothing)()

    def give_up(self) -> bool:
        """Nobody waits for the answer any more; False when it has begun to go out."""
        with self._lock:
            self._is_given_up = not self._is_begun
            return self._is_given_up

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        self._status = int(status[:3])
        self._headers = [(name.lower(), value) for name, value in headers]
        return _refuse_to_write

    def _send(self, pieces: Iterable[bytes]) -> None:
        with self._lock:
            if self._is_given_up:
                return
            self._is_begun = True
        rest = iter([b"".join(pieces)] if _are_whole(pieces) else pieces)
        first = next(filter(None, rest), b"")  # with it an application may tell its status, and not before
        if not first or self._request.method == "HEAD":
            self._proto.response_empty(self._status, self._headers)
        elif _are_whole(pieces):
            self._proto.response_bytes(self._status, self._headers, first)
        else:
            send_stream(self._proto, self._status, self._headers, first, rest)


async def _wait_for(made: asyncio.Future[None], proto: HTTPProtocol) -> bool:
    """Wait until an answer is made, its time is over, or its reader has gone; gives whether one is there."""
    done, _ = await asyncio.wait((made,), timeout=LOOK_AFTER_SECONDS)
    if done:
        return True
    gone = asyncio.ensure_future(_reader_leaves(proto))
    try:
        rest = FIRST_BYTE_SECONDS - LOOK_AFTER_SECONDS
        await asyncio.wait((made, gone), timeout=rest, return_when=asyncio.FIRST_COMPLETED)
        return not gone.done()
    finally:
        gone.cancel()


async def _reader_leaves(proto: HTTPProtocol) -> None:
    await proto.client_disconnect()


def _are_whole(pieces: Iterable[bytes]) -> bool:
    """Whether all of an answer is there: Django's say so, and a list is."""
    return not getattr(pieces, "streaming", not isinstance(pieces, list))


def _nothing() -> None: ...


def _refuse_to_write(piece: bytes) -> None:
    raise NotImplementedError("WSGI's write(): an answer is what the application returns")


def _no_answer(*, begun: bool, method: str) -> NoAnswer:
    if method in SAFE_METHODS:
        return NoAnswer()
    if not begun:
        return NoAnswer("No answer was ready in time; nothing was changed.")
    return NoAnswer(
        "No answer was ready in time, and it is not decided whether the change is made.",
        hint="Look before you send it again, or send it again under the same Idempotency-Key.",
    )

"""Takes a request's body off the wire before a thread is spent on it."""

import asyncio

from a2wsgi.asgi_typing import HTTPScope, Receive, ReceiveEvent

from jobs.errors import BodyTooLarge, BodyTooSlow

SECONDS = 30
# Somebody who is still sending does not read: a body that is a little too large is taken in and thrown
# away, so that the sender gets to see the answer instead of a broken connection.
DRAIN_BYTES = 16 * 1024 * 1024
DRAIN_SECONDS = 5


class ReaderLeft(Exception):
    """The other side has gone; nobody waits for an answer."""


async def take_body(scope: HTTPScope, receive: Receive, most: int) -> bytes:
    """Give the whole body, at most `most` bytes. Raises `BodyTooLarge`, `BodyTooSlow` or `ReaderLeft`."""
    if not _has_body(scope):
        return b""
    try:
        async with asyncio.timeout(SECONDS):
            return await _read(receive, most)
    except TimeoutError:
        raise BodyTooSlow from None
    except BodyTooLarge:
        await _drain(receive)
        raise


def with_body(scope: HTTPScope, body: bytes) -> HTTPScope:
    """Give the scope of the same request as one that came with its length; WSGI knows no other."""
    headers = [(name, value) for name, value in scope["headers"] if name not in _LENGTH_HEADERS]
    if body:
        headers.append((b"content-length", b"%d" % len(body)))
    return {**scope, "headers": headers}


def replay(body: bytes, receive: Receive) -> Receive:
    """Give a `receive` that hands out a body that was taken before, and then what the server says."""
    pending: list[ReceiveEvent] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> ReceiveEvent:
        return pending.pop() if pending else await receive()

    return again


_LENGTH_HEADERS = frozenset({b"content-length", b"transfer-encoding"})


def _has_body(scope: HTTPScope) -> bool:
    return any(name in _LENGTH_HEADERS and value != b"0" for name, value in scope["headers"])


async def _read(receive: Receive, most: int) -> bytes:
    body = bytearray()
    more = True
    while more:
        chunk, more = await _next(receive)
        body += chunk
        if len(body) > most:
            raise BodyTooLarge(most)
    return bytes(body)


async def _drain(receive: Receive) -> None:
    dropped, more = 0, True
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while more and dropped < DRAIN_BYTES:
                chunk, more = await _next(receive)
                dropped += len(chunk)
    except TimeoutError:
        return


async def _next(receive: Receive) -> tuple[bytes, bool]:
    event = await receive()
    if event["type"] != "http.request":
        raise ReaderLeft
    return event.get("body", b""), event.get("more_body", False)

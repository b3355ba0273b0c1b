"""Takes a request's body off the wire before a thread is spent on it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

from granian.rsgi import HTTPProtocol, ProtocolClosed

from jobs.errors import BodyTooLarge, BodyTooSlow
from web.stream import ReaderLeft

SECONDS = 30
# Somebody who is still sending does not read: a body that is a little too large is taken in and thrown
# away, so that the sender gets to see the answer instead of a broken connection.
DRAIN_BYTES = 16 * 1024 * 1024
DRAIN_SECONDS = 5


async def take_body(headers: Mapping[str, str], proto: HTTPProtocol, most: int) -> bytes:
    """Give the whole body, at most `most` bytes. Raises `BodyTooLarge`, `BodyTooSlow` or `ReaderLeft`."""
    chunked = "transfer-encoding" in headers
    length = int(headers.get("content-length", 0))  # the server lets nothing but digits through
    if not chunked and length == 0:
        return b""
    if not chunked and length > most:
        await _drain(_pieces(proto))
        raise BodyTooLarge(most)
    try:
        async with asyncio.timeout(SECONDS):
            return await (_take_pieces(_pieces(proto), most) if chunked else proto())
    except TimeoutError:
        raise BodyTooSlow from None
    except ProtocolClosed:
        raise ReaderLeft from None


async def _take_pieces(pieces: AsyncIterator[bytes], most: int) -> bytes:
    body, ends = bytearray(), 0
    async for piece in pieces:
        body += piece
        ends += not piece
        if len(body) > most:
            await _drain(pieces)
            raise BodyTooLarge(most)
    # One empty piece is the end. Where the rest does not come, or makes no sense, granian gives two.
    if ends > 1:
        raise ReaderLeft
    return bytes(body)


async def _drain(pieces: AsyncIterator[bytes]) -> None:
    dropped = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for piece in pieces:
                dropped += len(piece)
                if dropped >= DRAIN_BYTES:
                    return


async def _pieces(proto: HTTPProtocol) -> AsyncIterator[bytes]:
    """What comes off the wire; unlike granian's own, this can be left and gone on with."""
    async for piece in proto:
        yield piece

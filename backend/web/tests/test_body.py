"""Bodies are taken in within bounds of size and time, before anything else is done."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest
from granian.rsgi import ProtocolClosed

from jobs.errors import BodyTooLarge, BodyTooSlow
from web import body
from web.body import take_body
from web.stream import ReaderLeft

MOST = 1000
CHUNKED = {"transfer-encoding": "chunked"}


class Wire:
    """Hands out pieces and counts them, as granian does; at the end it hangs, or the sender leaves."""

    def __init__(self, pieces: Iterable[bytes], *, then: str = "end") -> None:
        self._pieces: Iterator[bytes] = iter(pieces)
        self._then = then
        self.taken = 0

    async def __call__(self) -> bytes:
        whole = b"".join([piece async for piece in self])
        if self._then == "leave":
            raise ProtocolClosed
        return whole

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self.taken += 1
            yield piece
        if self._then == "hang":
            await asyncio.Event().wait()
        if self._then == "leave":
            yield b""
        self.taken += 1
        yield b""


def take(wire: Any, headers: dict[str, str] = CHUNKED) -> bytes:
    async def run() -> bytes:
        return await take_body(headers, wire, MOST)

    return asyncio.run(run())


def test_pieces_become_one_body_up_to_the_bound() -> None:
    assert take(Wire([b"a" * 600, b"b" * 400])) == b"a" * 600 + b"b" * 400


def test_past_the_bound_the_rest_is_thrown_away_so_that_the_answer_arrives() -> None:
    wire = Wire([b"x" * 600] * 10)

    with pytest.raises(BodyTooLarge):
        take(wire)

    assert wire.taken == 11


def test_what_is_sent_without_end_is_not_drained_without_end() -> None:
    wire = Wire(b"x" * 1024 * 1024 for _ in range(1000))

    with pytest.raises(BodyTooLarge):
        take(wire)

    assert wire.taken < 20


def test_a_body_that_stops_halfway_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SECONDS", 0.05)

    with pytest.raises(BodyTooSlow):
        take(Wire([b"{"], then="hang"))


@pytest.mark.parametrize("headers", [CHUNKED, {"content-length": "2"}])
def test_a_sender_who_leaves_is_noticed(headers: dict[str, str]) -> None:
    with pytest.raises(ReaderLeft):
        take(Wire([b"{"], then="leave"), headers)


def test_a_body_that_says_it_is_too_large_is_never_taken_in() -> None:
    wire = Wire([b"x" * 600] * 10)

    with pytest.raises(BodyTooLarge):
        take(wire, {"content-length": "6000"})

    assert wire.taken == 11


@pytest.mark.parametrize("headers", [{}, {"content-length": "0"}])
def test_a_request_without_a_body_is_not_waited_for(headers: dict[str, str]) -> None:
    wire = Wire([], then="hang")

    assert take(wire, headers) == b""
    assert wire.taken == 0

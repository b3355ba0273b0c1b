"""Bodies are taken in within bounds of size and time, before anything else is done."""

import asyncio
from collections.abc import Iterable, Iterator

import pytest
from a2wsgi.asgi_typing import HTTPScope, Receive, ReceiveEvent

from jobs.errors import BodyTooLarge, BodyTooSlow
from web import body
from web.body import ReaderLeft, replay, take_body, with_body

MOST = 1000


def scope(*headers: tuple[bytes, bytes]) -> HTTPScope:
    return {
        "type": "http",
        "asgi": {"spec_version": "2.3", "version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
    }


CHUNKED = scope((b"transfer-encoding", b"chunked"))


class Wire:
    """Hands out pieces and counts them; at the end it hangs, or the sender leaves."""

    def __init__(self, pieces: Iterable[bytes], *, then: str = "end") -> None:
        self._pieces: Iterator[bytes] = iter(pieces)
        self._then = then
        self.taken = 0

    async def receive(self) -> ReceiveEvent:
        self.taken += 1
        piece = next(self._pieces, None)
        if piece is not None:
            return {"type": "http.request", "body": piece, "more_body": True}
        if self._then == "hang":
            await asyncio.Event().wait()
        if self._then == "leave":
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b"", "more_body": False}


def take(receive: Receive, of: HTTPScope = CHUNKED) -> bytes:
    async def run() -> bytes:
        return await take_body(of, receive, MOST)

    return asyncio.run(run())


def test_pieces_become_one_body_up_to_the_bound() -> None:
    assert take(Wire([b"a" * 600, b"b" * 400]).receive) == b"a" * 600 + b"b" * 400


def test_past_the_bound_the_rest_is_thrown_away_so_that_the_answer_arrives() -> None:
    wire = Wire([b"x" * 600] * 10)

    with pytest.raises(BodyTooLarge):
        take(wire.receive)

    assert wire.taken == 11


def test_what_is_sent_without_end_is_not_drained_without_end() -> None:
    wire = Wire(b"x" * 1024 * 1024 for _ in range(1000))

    with pytest.raises(BodyTooLarge):
        take(wire.receive)

    assert wire.taken < 20


def test_a_body_that_stops_halfway_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SECONDS", 0.05)

    with pytest.raises(BodyTooSlow):
        take(Wire([b"{"], then="hang").receive)


def test_a_sender_who_leaves_is_noticed() -> None:
    with pytest.raises(ReaderLeft):
        take(Wire([b"{"], then="leave").receive)


@pytest.mark.parametrize("headers", [[], [(b"content-length", b"0")]])
def test_a_request_without_a_body_is_not_waited_for(headers: list[tuple[bytes, bytes]]) -> None:
    wire = Wire([], then="hang")

    assert take(wire.receive, scope(*headers)) == b""
    assert wire.taken == 0


def test_django_is_told_the_true_length() -> None:
    given = with_body(scope((b"transfer-encoding", b"chunked"), (b"x", b"y")), b"12345")

    assert given["headers"] == [(b"x", b"y"), (b"content-length", b"5")]


def test_a_body_is_handed_out_once() -> None:
    async def run() -> list[ReceiveEvent]:
        again = replay(b"{}", Wire([], then="leave").receive)
        return [await again(), await again()]

    first, second = asyncio.run(run())
    assert first == {"type": "http.request", "body": b"{}", "more_body": False}
    assert second["type"] == "http.disconnect"

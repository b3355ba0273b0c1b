"""An export over a real socket that is cut: what came and what comes are one file, and no thread is held."""

import csv
import gzip
import io
import socket
import zlib
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

from config.process import STREAM_THREADS

if TYPE_CHECKING:
    from web.tests.web_server import WebServer

JOBS = 4000


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> "Iterator[WebServer]":
    from jobs import events
    from web.tests.web_server import web_server

    with web_server() as running:
        yield running
    with django_db_blocker.unblock():
        events.close()


@pytest.fixture
def headers(transactional_db: None) -> dict[str, str]:
    from accounts.tests.factories import admin, bearer
    from jobs.transitions import submit_many

    submit_many([{"name": f"job {n}", "description": f"{n} " * 400} for n in range(JOBS)], owner_id=None)
    return bearer(admin())


def _ask(server: "WebServer", query: str, headers: dict[str, str]) -> tuple[HTTPConnection, HTTPResponse]:
    asked = HTTPConnection("127.0.0.1", server.port, timeout=30)
    asked.request("GET", f"/api/jobs/export/?{query}", headers=headers)
    return asked, asked.getresponse()


def _whole(server: "WebServer", query: str, headers: dict[str, str]) -> bytes:
    asked, answer = _ask(server, query, headers)
    content = answer.read()
    asked.close()
    return content


def _cut(server: "WebServer", query: str, headers: dict[str, str], after: int) -> tuple[bytes, str]:
    """What arrives before the connection is cut, and the header that is needed to go on."""
    asked, answer = _ask(server, query, headers)
    content = answer.read(after)
    assert asked.sock is None or asked.sock.shutdown(socket.SHUT_RDWR) is None
    answer.close()
    asked.close()
    return content, answer.headers["X-Export-Until"]


def _last_id(part: bytes) -> int:
    return int(part[: part.rfind(b"\r\n")].rpartition(b"\r\n")[2].partition(b",")[0])


def test_what_comes_after_a_cut_is_the_rest(server: "WebServer", headers: dict[str, str]) -> None:
    query = "format=csv&columns=name,description"
    whole = _whole(server, query, headers)
    assert len(list(csv.reader(io.StringIO(whole.decode(), newline="")))) == JOBS + 2

    came, until = _cut(server, query, headers, after=len(whole) // 3)
    file = came[: came.rfind(b"\r\n") + 2]
    came, _ = _cut(
        server, f"{query}&until={until}&resume_after={_last_id(file)}", headers, after=len(whole) // 3
    )
    file += came[: came.rfind(b"\r\n") + 2]
    file += _whole(server, f"{query}&until={until}&resume_after={_last_id(file)}", headers)

    assert file == whole


def test_a_compressed_one_can_be_read_up_to_the_cut_and_goes_on_as_another_member(
    server: "WebServer", headers: dict[str, str]
) -> None:
    query, packed = "format=csv&columns=name,description", {**headers, "Accept-Encoding": "gzip"}
    whole = _whole(server, query, headers)
    came, until = _cut(server, query, packed, after=len(_whole(server, query, packed)) // 2)

    part = zlib.decompressobj(wbits=31).decompress(came)
    kept = part[: part.rfind(b"\r\n") + 2]
    rest = _whole(server, f"{query}&until={until}&resume_after={_last_id(kept)}", packed)

    assert gzip.decompress(gzip.compress(kept) + rest) == whole


def test_readers_who_leave_hold_no_thread(server: "WebServer", headers: dict[str, str]) -> None:
    for _ in range(2 * STREAM_THREADS):
        _cut(server, "format=ndjson", headers, after=1000)

    assert _whole(server, "format=ndjson&columns=name", headers).endswith(b"}\n")

"""A browser that does not read costs nobody else anything, and is let go."""

import contextlib
import json
import socket
import time
from contextlib import closing
from typing import Any

import pytest
from websockets.client import ClientProtocol
from websockets.protocol import State
from websockets.uri import parse_uri

from accounts.models import User
from accounts.tests.factories import bearer
from jobs import logs
from jobs.attempts import Claimed
from jobs.tests.rows import running, submit
from live.tests.browser import PATIENCE_SECONDS, browser
from web.tests.web_server import WebServer

MEGABYTE = 1024 * 1024


@pytest.fixture
def long_log(transactional_db: None) -> Claimed:
    attempt = running()
    piece = b"0123456789abcde\n" * (logs.CHUNK_BYTES // 16)
    for offset in range(0, 24 * MEGABYTE, len(piece)):
        assert logs.ship(attempt.ref, "stdout", offset, piece)
    return attempt


def test_a_browser_that_stops_reading_is_let_go_and_the_others_are_served(
    impatient: WebServer, owner: User, long_log: Claimed
) -> None:
    follow = {"subscribe": "logs", "id": long_log.ref.job_id, "attempt": 1, "stream": "stdout", "offset": 0}
    with (
        closing(_say_and_read_no_more(impatient, owner, follow)) as silent,
        browser(impatient, owner) as other,
    ):
        job = submit()
        other.say(subscribe="job", id=job.pk)
        assert other.hear_until("job")["job"]["id"] == job.pk
        _wait_until_let_go(impatient)

        assert _bytes_left(silent) < 24 * MEGABYTE


def _say_and_read_no_more(server: WebServer, user: User, message: dict[str, Any]) -> socket.socket:
    """A connection whose buffers, and then the server's, fill up. (The library's own client reads ahead.)"""
    protocol = ClientProtocol(parse_uri(server.live_url))
    request = protocol.connect()
    request.headers.update(bearer(user))
    protocol.send_request(request)
    connected = socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS)
    connected.sendall(b"".join(protocol.data_to_send()))
    while protocol.state is State.CONNECTING:
        protocol.receive_data(connected.recv(4096))
    protocol.send_text(json.dumps(message).encode())
    connected.sendall(b"".join(protocol.data_to_send()))
    return connected


def _bytes_left(connected: socket.socket) -> int:
    """How much was on its way when the server gave up. A connection that is still open is an error."""
    received = 0
    with contextlib.suppress(ConnectionResetError):
        while piece := connected.recv(MEGABYTE):
            received += len(piece)
    return received


def _wait_until_let_go(server: WebServer) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "A live reader stalled" not in server.said:
        assert time.monotonic() < deadline, f"the slow browser was not let go: {server.said}"
        time.sleep(0.1)

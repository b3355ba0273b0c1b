"""What is in the way of listening is named, and the way out with it."""

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from config.env import load_env
from standalone.errors import CannotStart
from standalone.web_address import address, check_free, is_ready, next_free, what_is_missing

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_named_with_the_next_free_one(taken: int) -> None:
    free = next_free(HOST, taken)
    with pytest.raises(CannotStart, match=rf"Port {taken} .* taken .*PORT={free} make run"):
        check_free(HOST, taken)


def test_a_free_port_is_fine(taken: int) -> None:
    free = next_free(HOST, taken)
    assert free is not None
    check_free(HOST, free)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"192\.0\.2\.1"):
        check_free("192.0.2.1", 8000)


@pytest.mark.parametrize(
    ("host", "addresses"),
    [("localhost", {"127.0.0.1", "::1"}), ("127.0.0.1", {"127.0.0.1"}), ("::1", {"::1"})],
)
def test_a_host_name_becomes_an_address_to_listen_on(host: str, addresses: set[str]) -> None:
    assert address(host) in addresses


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"jobs\.invalid"):
        check_free("jobs.invalid", 8000)


class NotReady(BaseHTTPRequestHandler):
    """Answers as `/readyz` does before a worker has reported."""

    def do_GET(self) -> None:
        checks = {"database": {"ok": True}, "worker": {"ok": False, "message": "none has reported yet"}}
        self.send_response(503)
        self.end_headers()
        self.wfile.write(json.dumps({"status": "not ready", "checks": checks}).encode())

    def log_message(self, *_: object) -> None:
        pass


def test_what_is_missing_is_said_in_the_words_of_readyz(tmp_path: Path) -> None:
    with HTTPServer((HOST, 0), NotReady) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        env = load_env({"PORT": str(server.server_port), "JOBDECK_HOME": str(tmp_path)})
        assert what_is_missing(env) == "worker: none has reported yet"
        assert not is_ready(env)
        server.shutdown()
        thread.join()
    assert what_is_missing(env) == "web does not answer"

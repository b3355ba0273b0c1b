"""The real web server on a free port, for tests that need a socket."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
from django.db import connection

BACKEND = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class WebServer:
    """A running server. `url` and `live_url` have no slash at their ends."""

    port: int
    prefix: str
    log: Path
    pid: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return self.origin + self.prefix

    @property
    def live_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}{self.prefix}/ws/"

    @property
    def said(self) -> str:
        """What the server has logged so far."""
        return self.log.read_text()


@contextlib.contextmanager
def web_server(
    prefix: str = "", app: str = "config.rsgi:application", database_url: str = ""
) -> Iterator[WebServer]:
    """Run granian over the tests' database, or another; it is gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="jobdeck-web-") as folder:
        port, written = _free_port(), Path(folder) / "log"
        server = WebServer(port, prefix, written, 0)
        with written.open("wb") as log:
            environment = _environment(server, database_url or url_of_the_tests_database())
            process = subprocess.Popen(
                _command(server.port, app), cwd=BACKEND, env=environment, stdout=log, stderr=log
            )
        server = WebServer(port, prefix, written, process.pid)
        try:
            _wait_until_it_answers(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _command(port: int, app: str) -> list[str]:
    options = ["--interface", "rsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    return [sys.executable, "-m", "granian", *options, app]


def url_of_the_tests_database() -> str:
    """Where other processes find the tests' database."""
    database = connection.settings_dict
    return f"postgresql://{database['USER']}@/{database['NAME']}?host={quote(database['HOST'], safe='')}"


def _environment(server: WebServer, database_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "PORT": str(server.port),
        "JOBDECK_PREFIX": server.prefix,
        "DATABASE_URL": database_url,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(server: WebServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{server.origin}/livez", timeout=5).status_code == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the web server did not come up:\n{server.said}")

"""A real Redis for a test, and what stands in its place when it is not well."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import redis

START_SECONDS = 60.0
BINARY = shutil.which("redis-server")

needs_redis = pytest.mark.skipif(BINARY is None, reason="NO redis-server HERE: apt-get install redis-server")


class RedisServer:
    """A server on a port of its own that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/3"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def start(self, *options: str) -> None:
        own = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        log = self._folder / "redis.log"
        self._process = subprocess.Popen(
            [str(BINARY), *own, "--logfile", str(log), *options], stdin=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while True:
            with suppress(redis.RedisError):
                self.client.ping()
                return
            if time.monotonic() > deadline or self._process.poll() is not None:
                pytest.fail(f"Redis did not start: {log.read_text() if log.exists() else ''}")
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    with TemporaryDirectory(prefix="jobdeck-redis-") as folder:
        server = RedisServer(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def ill_redis(answer: bytes | None) -> Iterator[str]:
    """The URL of what takes connections and answers each command so: b"" hangs up, None says nothing ever."""
    taken: list[socket.socket] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connected, _ = listening.accept()
                    taken.append(connected)
                    threading.Thread(target=_reply, args=(connected, answer), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
    for connected in taken:
        connected.close()


def _reply(connected: socket.socket, answer: bytes | None) -> None:
    with suppress(OSError):
        while connected.recv(65536) and answer is not None:
            if not answer:
                connected.close()
                return
            connected.sendall(answer)

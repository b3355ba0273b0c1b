"""
Sends a long answer as fast as it is read, from the thread that makes it.

Granian's own streams take whatever they are given into memory, however slowly it is read; a file it reads no
faster than its reader does. So a long answer is a named pipe to it: full while nobody reads, and broken once
the reader has gone.
"""

import array
import fcntl
import os
import select
import tempfile
import termios
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from granian.rsgi import HTTPProtocol

# How long nothing may be read.
WRITE_SECONDS = 30
LOOK_SECONDS = 0.001


class ReaderLeft(Exception):
    """The other side has gone, or has stalled for too long; nobody waits for an answer."""


def send_stream(
    proto: HTTPProtocol, status: int, headers: list[tuple[str, str]], first: bytes, rest: Iterable[bytes]
) -> None:
    """Send an answer, the first piece not empty. Raises `ReaderLeft` when its reader has gone or stalls."""
    with _Pipe() as pipe:
        proto.response_file(status, headers, str(pipe.path))
        pipe.write(first[: select.PIPE_BUF])
        pipe.hand_over()
        pipe.write(first[select.PIPE_BUF :])
        for piece in rest:
            pipe.write(piece)


class _Pipe:
    """
    A named pipe: a name, unlike a descriptor's number, is never that of something else by the time it is
    opened. Until granian reads it, it is held open by a reader of our own, so that neither waits to open it.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="jobdeck-stream-")
        self.path = Path(self._folder.name) / "answer"
        os.mkfifo(self.path, 0o600)
        self._stand_in = os.fdopen(os.open(self.path, os.O_RDONLY | os.O_NONBLOCK), "rb", 0)
        self._end = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_NONBLOCK), "wb", 0)
        self._room = select.poll()
        self._room.register(self._end, select.POLLOUT)

    def __enter__(self) -> "_Pipe":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stand_in.close()
        self._end.close()
        self._folder.cleanup()

    def write(self, piece: bytes) -> None:
        """Write all of it, as there is room."""
        left = memoryview(piece)
        while left:
            if not self._room.poll(WRITE_SECONDS * 1000):
                raise ReaderLeft
            try:
                left = left[self._end.write(left) :]
            except BrokenPipeError:
                raise ReaderLeft from None

    def hand_over(self) -> None:
        """Wait until granian has read what was written; from then on it is the only reader."""
        deadline, inside = time.monotonic() + WRITE_SECONDS, array.array("i", [1])
        while inside[0]:
            if time.monotonic() > deadline:
                raise ReaderLeft
            time.sleep(LOOK_SECONDS)
            fcntl.ioctl(self._end, termios.FIONREAD, inside)
        self._stand_in.close()

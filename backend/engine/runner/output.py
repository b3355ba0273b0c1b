"""One stream of one job, from its pipe into the spool: the head straight, the tail in a ring, nothing beyond.

The file only grows. Its first half of the cap is written as it comes; after that the newest bytes go round in
a second file, and at the end the file gets a marker and that tail. A full disk loses bytes, counts them and
says so.
"""

import contextlib
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from jobs.attempts import StreamSize

READ_SIZE = 1 << 16
COPY_SIZE = 1 << 20
DRAIN_READS = 64
# What is no file (a FIFO without a reader) is an error and never a wait.
OPENED_FOR_OUTPUT = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK

log = logging.getLogger(__name__)


class Ring:
    """The newest `size` bytes of all that was written, and in front of them how many there were in all.

    The count lives in the file, so that the next runner can finish what a killed one left. It is written
    after the bytes: a runner killed between the two has put at most one read's worth over the oldest.
    """

    HEADER = 8

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self.size = size
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.total = int.from_bytes(os.pread(self._file, self.HEADER, 0), "little")

    def write(self, data: memoryview) -> None:
        """Raises OSError with nothing counted."""
        total = self.total + len(data)
        data = data[-self.size :]
        place = (total - len(data)) % self.size
        first = min(len(data), self.size - place)
        self._write_at(data[:first], place)
        self._write_at(data[first:], 0)
        os.pwrite(self._file, total.to_bytes(self.HEADER, "little"), 0)
        self.total = total

    def newest(self, count: int) -> Iterator[bytes]:
        """The last `count` bytes in order, in pieces."""
        position = self.total - count
        while position < self.total:
            place = position % self.size
            wanted = min(COPY_SIZE, self.total - position, self.size - place)
            piece = os.pread(self._file, wanted, self.HEADER + place)
            if not piece:
                return
            yield piece
            position += len(piece)

    def remove(self) -> None:
        os.close(self._file)
        self.path.unlink(missing_ok=True)

    def _write_at(self, data: memoryview, place: int) -> None:
        while data:
            written = os.pwrite(self._file, data, self.HEADER + place)
            data, place = data[written:], place + written


class Capture:
    """What one stream wrote, kept within `cap` bytes on disk (and half of it more until the end)."""

    def __init__(self, folder: Path, name: str, cap: int) -> None:
        self._cap = cap
        self._head_room = cap // 2
        self._ring_path = folder / f"{name}.tail"
        self._file = os.open(folder / name, OPENED_FOR_OUTPUT, 0o600)
        self._head_room -= min(self._head_room, os.fstat(self._file).st_size)
        self._ring: Ring | None = None
        if self._ring_path.exists():
            self._open_ring()
        self._unsaid = 0
        self._dropped = 0

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        head = view[: self._head_room]
        if head:
            self._head_room -= len(head)
            self._append(head)
        if rest := view[len(head) :]:
            self._keep_newest(rest)

    def finish(self, *, after_a_kill: bool = False) -> Iterator[None]:
        """Append marker and tail, a piece at each step; then nothing more can be written.

        `after_a_kill` says that a runner was killed while it wrote, so that the oldest bytes may be mixed up.
        """
        if self._ring is not None:
            room = self._ring.size - (READ_SIZE if after_a_kill else 0)
            kept = max(0, min(self._ring.total, room))
            if left_out := self._ring.total - kept:
                self._dropped += left_out
                limit = f"the log is capped at {self._cap} bytes"
                self._mark(f"{left_out} bytes left out here; {limit}")
            for piece in self._ring.newest(kept):
                self._append(memoryview(piece))
                yield
            self._ring.remove()
            self._ring = None
        if after_a_kill:
            self._mark("the runner was killed here; what came last may be missing")
        with contextlib.suppress(OSError):
            self._say_what_is_missing()

    def size(self) -> StreamSize:
        return {"size": os.fstat(self._file).st_size, "dropped": self._dropped}

    @property
    def lost_to_the_disk(self) -> int:
        """Bytes that are missing without a marker: the disk is still full."""
        return self._unsaid

    def close(self) -> None:
        os.close(self._file)

    def restore(self, folder: Path, name: str) -> None:
        """Put what was written into `folder` once more, the file having been removed. Raises OSError."""
        shutil.copyfile(f"/proc/self/fd/{self._file}", folder / name)

    def _open_ring(self) -> Ring:
        self._ring = Ring(self._ring_path, self._cap - self._cap // 2)
        return self._ring

    def _keep_newest(self, data: memoryview) -> None:
        try:
            (self._ring or self._open_ring()).write(data)
        except OSError as error:
            self._lose(len(data), error)

    def _append(self, data: memoryview) -> None:
        try:
            self._say_what_is_missing()
            while data:
                data = data[os.write(self._file, data) :]
        except OSError as error:
            self._lose(len(data), error)

    def _say_what_is_missing(self) -> None:
        if self._unsaid:
            os.write(self._file, _marker(f"{self._unsaid} bytes left out here; the disk was full"))
            self._unsaid = 0

    def _mark(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._say_what_is_missing()
            os.write(self._file, _marker(text))

    def _lose(self, count: int, error: OSError) -> None:
        if not self._unsaid:
            log.warning("Output of %s is being lost: %s", self._ring_path.stem, error.strerror)
        self._unsaid += count
        self._dropped += count


class Stream:
    """A pipe's reading end and the capture that it fills."""

    def __init__(self, pipe: int, capture: Capture) -> None:
        self.pipe = pipe
        self.capture = capture
        self.is_open = True
        self.before_close: Callable[[], object] = lambda: None

    def read_some(self) -> bool:
        """Take one bounded read's worth; False when there is nothing (more) to take now."""
        if not self.is_open:
            return False
        try:
            data = os.read(self.pipe, READ_SIZE)
        except BlockingIOError:
            return False
        if not data:
            self.close_pipe()
            return False
        self.capture.write(data)
        return True

    def drain(self) -> None:
        """What lies in the pipe; bounded, should somebody still fill it."""
        for _ in range(DRAIN_READS):
            if not self.read_some():
                return

    def close_pipe(self) -> None:
        if self.is_open:
            self.is_open = False
            self.before_close()
            os.close(self.pipe)


def _marker(text: str) -> bytes:
    return f"\n[jobdeck: {text}]\n".encode()

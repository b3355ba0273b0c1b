"""What is read of an attempt's two folders in the spool: the runner's records, and what the job left.

What a job left is read with care: no links are followed, only regular files are opened, sizes are bounded.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass

from engine.executors.base import LARGEST_PROGRESS, LARGEST_RESULT
from engine.runner.spool import Entry, UnreadableError
from jobs.attempts import Exit

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A FIFO without a writer would hold us up for good.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class AttemptFolder:
    """The folders need not exist (any more): everything is then as if nothing had been written."""

    entry: Entry

    def size(self, stream: str) -> int:
        """Bytes of the stream that are in the spool by now."""
        with suppress(OSError):
            found = (self.entry.records / stream).lstat()
            return found.st_size if stat.S_ISREG(found.st_mode) else 0
        return 0

    def read(self, stream: str, offset: int, most: int) -> bytes:
        try:
            descriptor = os.open(self.entry.records / stream, _FILE)
        except FileNotFoundError:
            return b""
        try:
            return os.pread(descriptor, most, offset) if _is_file(descriptor) else b""
        finally:
            os.close(descriptor)

    def exit(self) -> Exit | None:
        """How it ended; None while it has not. From then on the streams are whole."""
        try:
            return self.entry.exit()
        except UnreadableError:
            # The next runner finds it so, and says that nobody knows.
            return None

    def progress(self) -> bytes | None:
        """The beginning of the progress file; None where there is none to read."""
        return self._left_by_the_job("progress", LARGEST_PROGRESS)

    def result(self) -> bytes | None:
        """The result file's bytes, one more than allowed where it is too large; None where there is none."""
        return self._left_by_the_job("result.json", LARGEST_RESULT + 1)

    def _left_by_the_job(self, name: str, most: int) -> bytes | None:
        try:
            folder = self._work()
        except OSError:
            return None
        try:
            descriptor = os.open(name, _FILE, dir_fd=folder)
        except OSError:
            return None
        finally:
            os.close(folder)
        try:
            if not _is_file(descriptor):
                return None
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(most)
        finally:
            os.close(descriptor)

    def _work(self) -> int:
        """The job's folder, opened. It could have put a link in place of that one or of the one above."""
        above = os.open(self.entry.work.parent, _FOLDER)
        try:
            return os.open(self.entry.work.name, _FOLDER, dir_fd=above)
        finally:
            os.close(above)


def _is_file(descriptor: int) -> bool:
    return stat.S_ISREG(os.fstat(descriptor).st_mode)

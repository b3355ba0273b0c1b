"""What is read of an attempt's folder in the spool. The runner writes it, and the job below `work/`.

What a job left is read with care: no links are followed, only regular files are opened, sizes are bounded.
"""

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from engine.executors.base import LARGEST_PROGRESS
from engine.results import MOST_BYTES as LARGEST_RESULT
from jobs.attempts import Exit


@dataclass(frozen=True, slots=True)
class AttemptFolder:
    """`path` need not exist (any more): everything is then as if nothing had been written."""

    path: Path

    def size(self, stream: str) -> int:
        """Bytes of the stream that are in the spool by now."""
        try:
            return (self.path / stream).stat().st_size
        except FileNotFoundError:
            return 0

    def read(self, stream: str, offset: int, most: int) -> bytes:
        try:
            descriptor = os.open(self.path / stream, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return b""
        try:
            return os.pread(descriptor, most, offset)
        finally:
            os.close(descriptor)

    def exit(self) -> Exit | None:
        """How it ended; None while it has not. From then on the streams are whole."""
        try:
            return cast(Exit, json.loads((self.path / "exit.json").read_bytes()))
        except FileNotFoundError:
            return None

    def progress(self) -> bytes | None:
        """The beginning of the progress file; None where there is none to read."""
        return self._left_by_the_job("progress", LARGEST_PROGRESS)

    def result(self) -> bytes | None:
        """The result file's bytes, one more than allowed where it is too large; None where there is none."""
        return self._left_by_the_job("result.json", LARGEST_RESULT + 1)

    def _left_by_the_job(self, name: str, most: int) -> bytes | None:
        try:
            folder = os.open(self.path / "work", os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            # A FIFO without a writer would hold us up for good.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(name, flags, dir_fd=folder)
        except OSError:
            return None
        finally:
            os.close(folder)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(most)
        finally:
            os.close(descriptor)

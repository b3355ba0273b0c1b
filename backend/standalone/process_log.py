"""The processes' logs: everything in a file of bounded size, warnings and errors on the terminal too.

A process writes straight to its file (appending), not to a pipe of the supervisor, so that it can go on
when the supervisor is killed.
"""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from config.paths import put_aside

MOST_BYTES = 8 * 1024 * 1024
MOST_READ = 256 * 1024

# How a record begins in our text and JSON logs and in PostgreSQL's; other lines belong to the one before.
_RECORD = re.compile(r"\d{4}-\d\d-\d\d|[{\[]|Traceback ")
_WARNINGS = re.compile(r"\b(warning|error|critical|panic)\b|^Traceback ", re.IGNORECASE)
_DATABASE_WARNINGS = re.compile(r"\b(PANIC|WARNING):")


class ProcessLog:
    """The log of one process."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.path = folder / f"{name}.log"
        self._old = folder / f"{name}.log.1"
        # PostgreSQL logs its clients' errors; the client that made one reports it better.
        self._warnings = _DATABASE_WARNINGS if name == "postgres" else _WARNINGS
        self._shows = False
        self._rest = b""
        self._read = self.path.stat().st_size if self.path.is_file() else 0

    def open(self) -> IO[bytes]:
        """The file for a new process to write to. What cannot be written to is put aside."""
        try:
            file = self.path.open("ab", buffering=0)
        except OSError as error:
            aside = put_aside(self.path)
            file = self.path.open("ab", buffering=0)
            now = datetime.now(UTC).isoformat(sep=" ", timespec="milliseconds")
            why = f"The log could not be written to ({error.strerror}); it was put aside as {aside.name}."
            file.write(f"{now} [warning] {why}\n".encode())
        self.path.chmod(0o600)
        return file

    def news(self) -> list[str]:
        """The warnings and errors since the last call. Also keeps the file's size within its bound."""
        if not self.path.is_file():
            return []
        size = self.path.stat().st_size
        self._read = min(self._read, size)
        lines = self._new_lines(size)
        if size > MOST_BYTES:
            self._rotate()
        return [line for line in lines if self._is_shown(line)]

    def tail(self, lines: int) -> str:
        """The last lines, for an error message."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, self.path.stat().st_size - MOST_READ))
                return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _new_lines(self, size: int) -> list[str]:
        if size == self._read:
            return []
        # Of a flood only the end is looked at; all of it is in the file.
        start = max(self._read, size - MOST_READ)
        with self.path.open("rb") as file:
            file.seek(start)
            content = file.read(size - start)
        self._read = size
        *whole, self._rest = ((b"" if start > size - len(content) else self._rest) + content).split(b"\n")
        return [line.decode(errors="replace") for line in whole]

    def _is_shown(self, line: str) -> bool:
        if _RECORD.match(line):
            self._shows = bool(self._warnings.search(line))
        elif not self._shows:
            self._shows = bool(line.strip() and self._warnings.search(line))
        return self._shows

    def _rotate(self) -> None:
        try:
            shutil.copyfile(self.path, self._old)
            self._old.chmod(0o600)
        except OSError:
            # No room for it: the bound matters more than old lines.
            self._old.unlink(missing_ok=True)
        # The writers append: after this they write at the start of the emptied file.
        with self.path.open("r+b") as file:
            file.truncate(0)
        self._read = 0

"""The spool: a folder for each attempt, with what is known of it.

    spool/<attempt_id>/  spec.json started.json exit.json  stdout stderr  work/{tmp,artifacts}

The records are ours, `work/` is the job's. Records come by write and rename, so that a reader sees all of one
or none of it. Nothing is synced to disk: after a reboot no process is left, and the boot id tells.
"""

import contextlib
import errno
import json
import logging
import os
import queue
import secrets
import shutil
import stat
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from engine.runner.protocol import Fields, RequestError, Spec, Started
from jobs.attempts import Exit

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
EXIT_RECORD_ROOM = 8192
"""Bytes set aside before the start, so that an exit can be recorded on a full disk."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt's folder."""

    path: Path

    @property
    def work(self) -> Path:
        return self.path / "work"

    @property
    def attempt_id(self) -> int:
        return int(self.path.name)

    def create(self) -> None:
        """Raises OSError; FileExistsError when the folder is there already."""
        self.path.mkdir(mode=0o700)
        for folder in (self.work, self.work / "tmp", self.work / "artifacts"):
            folder.mkdir(mode=0o700)
        self._reserve_room()

    def write_spec(self, spec: Spec, mark: str) -> None:
        self._write("spec.json", {**spec.as_json(), "mark": mark})

    def write_started(self, started: Started) -> None:
        self._write("started.json", started)

    def write_exit(self, record: Exit) -> None:
        """Overwrites the room that `create` set aside, so it needs no new space."""
        data = json.dumps(record).encode()
        reserve = self._reserve
        descriptor = os.open(reserve, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            file.truncate()
        reserve.rename(self.path / "exit.json")

    def spec(self) -> tuple[Spec, str]:
        """The spec and the mark. Raises OSError or ValueError where there is none to read."""
        values = json.loads((self.path / "spec.json").read_bytes())
        try:
            fields = Fields(values)
            return Spec.read(fields), fields.text("mark")
        except RequestError as error:
            raise ValueError(str(error)) from error

    def started(self) -> Started | None:
        return cast(Started | None, self._read("started.json"))

    def exit(self) -> Exit | None:
        return cast(Exit | None, self._read("exit.json"))

    @property
    def _reserve(self) -> Path:
        return self.path / "exit.reserve"

    def _reserve_room(self) -> None:
        descriptor = os.open(self._reserve, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, EXIT_RECORD_ROOM)
        finally:
            os.close(descriptor)

    def _write(self, name: str, record: Mapping[str, object]) -> None:
        coming = self.path / f"{name}.new"
        coming.write_bytes(json.dumps(record).encode())
        coming.rename(self.path / name)

    def _read(self, name: str) -> object:
        try:
            return json.loads((self.path / name).read_bytes())
        except FileNotFoundError:
            return None


class Spool:
    """All the folders. Removal happens on a thread: what a job left may be large, and nobody waits for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._trash = path / ".trash"
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._trash.mkdir(mode=0o700, exist_ok=True)
        self._doomed: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for left in self._trash.iterdir():
            self._doomed.put(left)
        threading.Thread(target=self._empty_trash, name="trash", daemon=True).start()

    def entry(self, attempt_id: int) -> Entry:
        return Entry(self._path / str(attempt_id))

    def entries(self) -> Iterator[Entry]:
        for path in sorted(self._path.iterdir()):
            if path.name.isdecimal() and path.is_dir():
                yield Entry(path)

    def remove(self, entry: Entry) -> None:
        """Gone from the list at once, from the disk soon."""
        moved = self._trash / f"{entry.path.name}.{secrets.token_hex(4)}"
        with contextlib.suppress(FileNotFoundError):
            entry.path.rename(moved)
            self._doomed.put(moved)

    def _empty_trash(self) -> None:
        while True:
            path = self._doomed.get()
            try:
                shutil.rmtree(path, onerror=_open_and_retry)
            except Exception:
                log.exception("The folder %s cannot be removed.", path)


def _open_and_retry(function: object, path: str, _: object) -> None:
    """A job may have closed a folder to its own user; open it and remove it after all."""
    tried = Path(path)
    with contextlib.suppress(OSError):
        tried.parent.chmod(0o700)
        mode = tried.lstat().st_mode
        if not stat.S_ISDIR(mode):
            tried.unlink()
        elif mode & 0o700 != 0o700:
            tried.chmod(0o700)
            shutil.rmtree(tried, onerror=_open_and_retry)

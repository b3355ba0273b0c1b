"""The spool: what is known of each attempt, apart from the folder in which its job works.

    spool/records/<attempt_id>/   spec.json started.json exit.json  stdout stderr
    spool/work/<attempt_id>/job/  tmp artifacts progress result.json
    spool/folder                  which folder this is, so that a copy is known for one

The records are ours, and nothing of them lies in or beside the job's folder. They come by write and rename,
so that a reader sees all of one or none of it. Nothing is synced to disk: after a reboot no process is left,
and the boot id tells. What a loss of power has left empty or torn is unreadable, and in nobody's way.
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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from engine.runner.folder_identity import FolderIdentity
from engine.runner.protocol import Fields, RequestError, Spec, Started
from jobs.attempts import Exit

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
EXIT_RECORD_ROOM = 8192
"""Bytes set aside before the start, so that an exit can be recorded on a full disk."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class UnreadableError(Exception):
    """A record is there, and nobody can tell what it says."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt's two folders: `records` is ours, `work` the job's."""

    spool: Path
    attempt_id: int

    @property
    def records(self) -> Path:
        return self.spool / "records" / str(self.attempt_id)

    @property
    def work(self) -> Path:
        """A level below its own folder, so that what a job does to the folder above reaches no other job."""
        return self.spool / "work" / str(self.attempt_id) / "job"

    def create(self) -> None:
        """Raises OSError; FileExistsError when the records are there already."""
        _make_parents(self.records)
        self.records.mkdir(mode=0o700)
        _make_parents(self.work.parent)
        for folder in (self.work.parent, self.work, self.work / "tmp", self.work / "artifacts"):
            folder.mkdir(mode=0o700)
        self._reserve_room()

    def restore(self, spec: Spec, started: Started) -> None:
        """Make the records anew where somebody has removed them. Raises OSError."""
        _make_parents(self.records)
        self.records.mkdir(mode=0o700)
        self.write_spec(spec)
        self.write_started(started)

    def write_spec(self, spec: Spec) -> None:
        self._write("spec.json", spec.as_json())

    def write_started(self, started: Started) -> None:
        self._write("started.json", started)

    def write_exit(self, record: Exit) -> None:
        """Overwrites the room that `create` set aside, so it needs no new space. Raises OSError."""
        data = json.dumps(record).encode()
        reserve, exit_record = self._reserve, self.records / "exit.json"
        for path in (reserve, exit_record):
            _clear_unless_file(path)
        descriptor = os.open(reserve, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            file.truncate()
        reserve.rename(exit_record)

    def spec(self) -> Spec | None:
        """None where there is none. Raises UnreadableError."""
        return None if (fields := self._read("spec.json")) is None else _checked(Spec.read, fields)

    def started(self) -> Started | None:
        """None where there is none. Raises UnreadableError."""
        return None if (fields := self._read("started.json")) is None else _checked(_started, fields)

    def exit(self) -> Exit | None:
        """None where there is none. Raises UnreadableError."""
        return None if (fields := self._read("exit.json")) is None else _checked(_exit, fields)

    @property
    def _reserve(self) -> Path:
        return self.records / "exit.reserve"

    def _reserve_room(self) -> None:
        descriptor = os.open(self._reserve, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, EXIT_RECORD_ROOM)
        finally:
            os.close(descriptor)

    def _write(self, name: str, record: Mapping[str, object]) -> None:
        coming = self.records / f"{name}.new"
        coming.write_bytes(json.dumps(record).encode())
        coming.rename(self.records / name)

    def _read(self, name: str) -> Fields | None:
        try:
            value = json.loads(_contents(self.records / name))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            raise UnreadableError(f"{name} cannot be read: {error}") from error
        if not isinstance(value, dict):
            raise UnreadableError(f"{name} holds no record.")
        return Fields(value, f"{name}: ")


class Spool:
    """All the folders. Removal happens on a thread: what a job left may be large, and nobody waits for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._trash = path / ".trash"
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put_copies_aside(path)
        for folder in (self._records, self._trash):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._doomed: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for left in self._trash.iterdir():
            self._doomed.put(left)
        threading.Thread(target=self._empty_trash, name="trash", daemon=True).start()

    def entry(self, attempt_id: int) -> Entry:
        return Entry(self._path, attempt_id)

    def entries(self) -> Iterator[Entry]:
        for path in sorted(self._records.iterdir()):
            if path.name.isdecimal() and path.is_dir():
                yield self.entry(int(path.name))

    def remove(self, entry: Entry) -> None:
        """Gone from the list at once, from the disk soon."""
        for folder in (entry.records, entry.work.parent):
            moved = self._trash / f"{entry.attempt_id}.{secrets.token_hex(4)}"
            if not _moved(folder, moved):
                # Somebody has removed the one or the other.
                self._trash.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not _moved(folder, moved):
                    continue
            self._doomed.put(moved)

    @property
    def _records(self) -> Path:
        return self._path / "records"

    def _empty_trash(self) -> None:
        while True:
            path = self._doomed.get()
            try:
                shutil.rmtree(path, onerror=_open_and_retry)
            except Exception:
                log.exception("The folder %s cannot be removed.", path)


def _put_copies_aside(spool: Path) -> None:
    """The records of a copied spool name processes of the other's, which must not be ended by them."""
    note, here = spool / "folder", FolderIdentity.of(spool)
    original = None
    with contextlib.suppress(OSError, UnicodeDecodeError):
        original = FolderIdentity.parse(note.read_text())
    if original is not None and not original.is_same_as(here):
        aside = spool / f"copied-{secrets.token_hex(4)}"
        aside.mkdir(mode=0o700)
        for name in ("records", "work"):
            with contextlib.suppress(FileNotFoundError):
                (spool / name).rename(aside / name)
        log.warning("This spool is a copy of %s: what it lists is put aside, in %s.", original.path, aside)
    coming = spool / "folder.new"
    try:
        coming.write_text(f"{here}\n")
        coming.rename(note)
    except OSError as error:
        log.warning("A copy of this spool would not be known for one: %s", error)


def _moved(folder: Path, to: Path) -> bool:
    """False where the folder or the place for it is not there."""
    try:
        folder.rename(to)
    except FileNotFoundError:
        return False
    return True


def _make_parents(folder: Path) -> None:
    """A job may have removed what all share."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _contents(path: Path) -> bytes:
    """Of a regular file: a FIFO without a writer would hold us up for good. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        return file.read()


def _checked(read: Callable[[Fields], T], fields: Fields) -> T:
    try:
        return read(fields)
    except RequestError as error:
        raise UnreadableError(str(error)) from error


def _started(fields: Fields) -> Started:
    return {
        "pid": fields.integer("pid", least=1),
        "start_time": fields.integer("start_time"),
        "boot_id": fields.text("boot_id"),
        "at": fields.number("at"),
    }


def _exit(fields: Fields) -> Exit:
    """What decides is checked; the rest was written in the same stroke."""
    for name in ("exit_code", "signal"):
        fields.optional_integer(name)
    for name in ("reason", "message"):
        fields.text(name)
    for name in ("started_at", "ended_at"):
        fields.number(name)
    if fields.values.get("usage") is not None:
        fields.object("usage")
    fields.object("streams")
    return cast(Exit, fields.values)


def _clear_unless_file(path: Path) -> None:
    """Remove what lies where a record belongs and is no file."""
    with contextlib.suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            shutil.rmtree(path)
        elif not stat.S_ISREG(mode):
            path.unlink()


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

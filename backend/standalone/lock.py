"""One supervisor per home: a lock that says who holds it."""

import fcntl
import json
import os
import shlex
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from standalone import processes
from standalone.errors import CannotStart


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a home."""

    pid: int
    started: float
    """Start time of the process, seconds since 1970: together with the pid it proves who it is."""
    url: str
    settings: dict[str, str] = field(default_factory=dict)
    """The settings that say where it listens, for commands that are given none."""

    @classmethod
    def this_process(cls, url: str, settings: dict[str, str] | None = None) -> "Holder":
        return cls(os.getpid(), processes.start_time(os.getpid()), url, settings or {})

    def since(self) -> str:
        return datetime.fromtimestamp(self.started).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


class SupervisorLock:
    """A lock on `path`, held while the block runs; it goes with its process, however that ends.

    Entering raises `CannotStart`, which says who has it or why nobody can.
    """

    def __init__(self, path: Path, me: Holder) -> None:
        self._path = path
        self._me = me
        self._descriptor = -1

    def __enter__(self) -> None:
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise CannotStart(_unusable(self._path, error)) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise CannotStart(_held(holder(self._path), self._path)) from None
        os.ftruncate(self._descriptor, 0)
        # Who holds it is for people to read: a full disk is no reason not to hold it.
        with suppress(OSError):
            os.pwrite(self._descriptor, json.dumps(asdict(self._me)).encode(), 0)

    def __exit__(self, *_: object) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def holder(path: Path) -> Holder | None:
    """Who wrote the lock file last; None when nobody did, or released it. Raises `CannotStart`."""
    try:
        return Holder(**json.loads(path.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    except OSError as error:
        raise CannotStart(_unusable(path, error)) from error


def _unusable(path: Path, error: OSError) -> str:
    return (
        f"The supervisor's lock {path} cannot be used: {error.strerror}. Start as the user who started "
        f"Jobdeck before; or, where no Jobdeck runs on this home, remove it: rm -r {shlex.quote(str(path))}"
    )


def _held(by: Holder | None, path: Path) -> str:
    home = path.parent.parent
    if by is None:
        return f"Another Jobdeck is just starting on {home}."
    return (
        f"Jobdeck already runs on {home}: process {by.pid}, since {by.since()}, at {by.url}\n"
        "Stop it with `make stop`, or run a second one beside it: "
        f"JOBDECK_HOME={home}-2 PORT=8001 make run"
    )

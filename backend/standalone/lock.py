"""One supervisor per home: a lock that says who holds it."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

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

    def since(self) -> str:
        return datetime.fromtimestamp(self.started).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


class SupervisorLock:
    """A lock on `path` that goes with its process, however that ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def take(self, me: Holder) -> None:
        """Take the lock and write down who has it. Raises `CannotStart` with who does."""
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise CannotStart(_held(holder(self._path), self._path)) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(asdict(me)).encode(), 0)

    def release(self) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def holder(path: Path) -> Holder | None:
    """Who wrote the lock file last; None when nobody did, or released it."""
    try:
        return Holder(**json.loads(path.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _held(by: Holder | None, path: Path) -> str:
    home = path.parent.parent
    if by is None:
        return f"Another Jobdeck is just starting on {home}."
    return (
        f"Jobdeck already runs on {home}: process {by.pid}, since {by.since()}, at {by.url}\n"
        "Stop it with `make stop`, or run a second one beside it: "
        f"JOBDECK_HOME={home}-2 PORT=8001 make run"
    )

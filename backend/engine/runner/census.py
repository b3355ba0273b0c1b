"""Looks at all processes of the machine, sorted by what tells whose they are."""

import contextlib
import os
from collections import defaultdict
from typing import NamedTuple

from engine.runner import processes
from engine.runner.clock import boottime
from engine.runner.processes import Process


class Tags(NamedTuple):
    """What a process carries from birth: a job's mark in its environment, a job's seal in its limits."""

    mark: str | None
    seal: int | None


class Look:
    """All live processes at one moment."""

    def __init__(self) -> None:
        self.by_pid: dict[int, Process] = {}
        self.by_parent: dict[int, list[Process]] = defaultdict(list)
        self.by_session: dict[int, list[Process]] = defaultdict(list)
        self.by_mark: dict[str | None, list[Process]] = defaultdict(list)
        self.by_seal: dict[int | None, list[Process]] = defaultdict(list)

    def add(self, process: Process, tags: Tags) -> None:
        self.by_pid[process.pid] = process
        self.by_parent[process.parent].append(process)
        self.by_session[process.session].append(process)
        self.by_mark[tags.mark].append(process)
        self.by_seal[tags.seal].append(process)


class Census:
    """One look serves everyone who is content with one of its age."""

    def __init__(self) -> None:
        self._taken_at = -1.0
        self._look = Look()
        self._tags: dict[tuple[int, int], Tags] = {}

    def since(self, moment: float) -> Look:
        """The processes as they were at `moment` (seconds of CLOCK_BOOTTIME) or later."""
        if self._taken_at < moment:
            self._taken_at = boottime()
            self._take()
        return self._look

    def _take(self) -> None:
        look, known = Look(), {}
        for process in processes.everyone():
            name = process.pid, process.start_time
            tags = known[name] = self._tags.get(name) or _tags(process.pid)
            look.add(process, tags)
        self._look, self._tags = look, known


def _tags(pid: int) -> Tags:
    return Tags(_mark(pid), _seal(pid))


def _mark(pid: int) -> str | None:
    with contextlib.suppress(OSError):
        for variable in processes.contents(f"/proc/{pid}/environ").split(b"\0"):
            if variable.startswith(b"JOBDECK_MARK="):
                return os.fsdecode(variable.partition(b"=")[2])
    return None


def _seal(pid: int) -> int | None:
    with contextlib.suppress(OSError):
        for line in processes.contents(f"/proc/{pid}/limits").splitlines():
            if line.startswith(b"Max file locks"):
                hard = line.split()[4]
                return int(hard) if hard.isdigit() else None
    return None

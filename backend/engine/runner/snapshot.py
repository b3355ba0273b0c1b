"""All processes of the machine at one moment, sorted by what tells whose they are."""

import contextlib
import os
from collections import defaultdict
from itertools import chain
from typing import NamedTuple

from engine.runner import processes
from engine.runner.clock import boottime
from engine.runner.mark import VARIABLE, is_of_home
from engine.runner.processes import ProcessInfo


class Tags(NamedTuple):
    """What a process carries from birth: a job's mark in its environment, a job's seal in its limits."""

    mark: str | None
    seal: int | None


class Snapshot:
    """All live processes at one moment."""

    def __init__(self) -> None:
        self.by_pid: dict[int, ProcessInfo] = {}
        self.by_parent: dict[int, list[ProcessInfo]] = defaultdict(list)
        self.by_session: dict[int, list[ProcessInfo]] = defaultdict(list)
        self.by_mark: dict[str | None, list[ProcessInfo]] = defaultdict(list)
        self.by_seal: dict[int | None, list[ProcessInfo]] = defaultdict(list)

    def of_home(self, home: str) -> list[ProcessInfo]:
        """Those of any attempt of that home."""
        marked = [found for mark, found in self.by_mark.items() if is_of_home(home, mark, None)]
        sealed = [found for seal, found in self.by_seal.items() if is_of_home(home, None, seal)]
        return list({process.pid: process for process in chain(*marked, *sealed)}.values())

    def add(self, process: ProcessInfo, tags: Tags) -> None:
        self.by_pid[process.pid] = process
        self.by_parent[process.parent].append(process)
        self.by_session[process.session].append(process)
        self.by_mark[tags.mark].append(process)
        self.by_seal[tags.seal].append(process)


class Snapshots:
    """One snapshot serves everyone who is content with one of its age."""

    def __init__(self) -> None:
        self._taken_at = -1.0
        self._snapshot = Snapshot()
        self._tags: dict[tuple[int, int], Tags] = {}

    def since(self, moment: float) -> Snapshot:
        """The processes as they were at `moment` (seconds of CLOCK_BOOTTIME) or later."""
        if self._taken_at < moment:
            self._taken_at = boottime()
            self._take()
        return self._snapshot

    def _take(self) -> None:
        snapshot, known = Snapshot(), {}
        for process in processes.everyone():
            name = process.pid, process.start_time
            tags = known[name] = self._tags.get(name) or _tags(process.pid)
            snapshot.add(process, tags)
        self._snapshot, self._tags = snapshot, known


def _tags(pid: int) -> Tags:
    return Tags(_mark(pid), _seal(pid))


def _mark(pid: int) -> str | None:
    with contextlib.suppress(OSError):
        for variable in processes.contents(f"/proc/{pid}/environ").split(b"\0"):
            name, _, value = variable.partition(b"=")
            if name == VARIABLE.encode():
                return os.fsdecode(value)
    return None


def _seal(pid: int) -> int | None:
    with contextlib.suppress(OSError):
        for line in processes.contents(f"/proc/{pid}/limits").splitlines():
            if line.startswith(b"Max file locks"):
                hard = line.split()[4]
                return int(hard) if hard.isdigit() else None
    return None

"""Processes found by what they descend from and what they carry: a job's own, or all that a home has left."""

import os
import signal
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from engine.runner import processes
from engine.runner.clock import boottime
from engine.runner.mark import Mark
from engine.runner.processes import ProcessInfo
from engine.runner.protocol import KillBy
from engine.runner.snapshot import Snapshot, Snapshots

ROUNDS = 8


class FoundProcesses(ABC):
    """Processes that only a look at the whole machine can find."""

    by: KillBy = "environment mark"

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._disturbed_at = 0.0
        self._was_busy = False

    @abstractmethod
    def members(self) -> list[ProcessInfo]: ...

    def refresh(self, since: float) -> None:
        self._disturbed_at = since

    def signal(self, number: signal.Signals) -> int:
        return sum(processes.send(process, number) for process in processes.parents_first(self.members()))

    def kill(self) -> int:
        """Stop all first, so that none can start another behind our back, then end them."""
        stopped: set[int] = set()
        for _ in range(ROUNDS):
            self.refresh(boottime())
            fresh = [process for process in self.members() if process.pid not in stopped]
            if not fresh:
                break
            for process in fresh:
                processes.send(process, signal.SIGSTOP)
                stopped.add(process.pid)
        killed = self.signal(signal.SIGKILL)
        self.refresh(boottime())
        return killed

    def is_empty(self) -> bool:
        """One snapshot can miss a process that was born behind it, so after a busy one two must agree."""
        if self.members():
            self._was_busy = True
            self.refresh(boottime())
            return False
        if self._was_busy:
            self.refresh(boottime())
            return not self.members()
        return True

    def oom_kills(self) -> int:
        return 0

    def cpu_seconds(self) -> float | None:
        return None

    def remove(self) -> bool:
        return True


class ProcessTree(FoundProcesses):
    """All that descend from a job's main process, share its session, or carry its mark or seal.

    `adopted` means that another runner started it: its pid may be somebody else's by now.
    """

    def __init__(self, snapshots: Snapshots, main: ProcessInfo, mark: Mark, *, adopted: bool = False) -> None:
        super().__init__(snapshots)
        self._main = main
        self._adopted = adopted
        self._mark = mark
        self._seen = [main]

    def members(self) -> list[ProcessInfo]:
        snapshot = self._snapshots.since(self._disturbed_at)
        self._seen = [
            process
            for process in _with_descendants(snapshot, self._recognised(snapshot))
            if process.start_time >= self._main.start_time
        ]
        return self._seen

    def _recognised(self, snapshot: Snapshot) -> list[ProcessInfo]:
        """All but those that are known only by what they descend from."""
        ours = [process for process in self._seen if process.is_same_as(snapshot.by_pid.get(process.pid))]
        ours += snapshot.by_mark.get(self._mark.text, ())
        ours += snapshot.by_seal.get(self._mark.seal, ())
        holder = snapshot.by_pid.get(self._main.pid)
        if self._main.is_same_as(holder) or (holder is None and not self._adopted):
            ours += snapshot.by_session.get(self._main.pid, ())
        return ours


class Forest(FoundProcesses):
    """Many trees, to be ended together: one look serves them all. They share `snapshots`."""

    def __init__(self, snapshots: Snapshots, trees: Sequence[ProcessTree]) -> None:
        super().__init__(snapshots)
        self._trees = trees

    def members(self) -> list[ProcessInfo]:
        found: dict[int, ProcessInfo] = {}
        for tree in self._trees:
            tree.refresh(self._disturbed_at)
            found |= {process.pid: process for process in tree.members()}
        return list(found.values())


class HomeTree(FoundProcesses):
    """Whatever the attempts of a home have left, on record or not, with all that descends from it."""

    def __init__(self, snapshots: Snapshots, home: str) -> None:
        super().__init__(snapshots)
        self._home = home

    def members(self) -> list[ProcessInfo]:
        snapshot = self._snapshots.since(self._disturbed_at)
        # Should a job have started this very runner, that job is not what was left.
        spared = _ancestors(snapshot, os.getpid())
        ours = [process for process in snapshot.of_home(self._home) if process.pid not in spared]
        return [process for process in _with_descendants(snapshot, ours) if process.pid not in spared]


def _with_descendants(snapshot: Snapshot, roots: Iterable[ProcessInfo]) -> list[ProcessInfo]:
    waiting = list(roots)
    found: dict[int, ProcessInfo] = {}
    while waiting:
        process = waiting.pop()
        if process.pid not in found:
            found[process.pid] = process
            waiting += snapshot.by_parent.get(process.pid, ())
    return list(found.values())


def _ancestors(snapshot: Snapshot, pid: int) -> set[int]:
    """`pid` and those above it."""
    found: set[int] = set()
    while pid not in found and (process := snapshot.by_pid.get(pid)):
        found.add(pid)
        pid = process.parent
    return found

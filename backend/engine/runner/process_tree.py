"""A job's processes where no cgroup can hold them: found by what they descend from and what they carry."""

import signal
from hashlib import sha256

from engine.runner import processes
from engine.runner.clock import boottime
from engine.runner.processes import ProcessInfo
from engine.runner.protocol import KillBy
from engine.runner.snapshot import Snapshot, Snapshots

ROUNDS = 8


def seal(mark: str) -> int:
    """The mark as a number, carried as the hard limit of file locks.

    The kernel keeps that limit and ignores it. Every child inherits it, also one that clears its environment.
    """
    return (1 << 40) + int.from_bytes(sha256(mark.encode()).digest()[:5])


class ProcessTree:
    """All that descend from the main process, share its session, or carry its mark or seal.

    `adopted` means that another runner started it: its pid may be somebody else's by now.
    """

    by: KillBy = "environment mark"

    def __init__(self, snapshots: Snapshots, main: ProcessInfo, mark: str, *, adopted: bool = False) -> None:
        self._snapshots = snapshots
        self._main = main
        self._adopted = adopted
        self._mark = mark
        self._seal = seal(mark)
        self._seen = [main]
        self._disturbed_at = 0.0
        self._was_busy = False

    def members(self) -> list[ProcessInfo]:
        snapshot = self._snapshots.since(self._disturbed_at)
        waiting = self._recognised(snapshot)
        found: dict[int, ProcessInfo] = {}
        while waiting:
            process = waiting.pop()
            if process.pid not in found and process.start_time >= self._main.start_time:
                found[process.pid] = process
                waiting += snapshot.by_parent.get(process.pid, ())
        self._seen = list(found.values())
        return self._seen

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

    def _recognised(self, snapshot: Snapshot) -> list[ProcessInfo]:
        """All but those that are known only by what they descend from."""
        holder = snapshot.by_pid.get(self._main.pid)
        ours = [process for process in self._seen if process.is_same_as(snapshot.by_pid.get(process.pid))]
        ours += snapshot.by_mark.get(self._mark, ())
        ours += snapshot.by_seal.get(self._seal, ())
        if self._main.is_same_as(holder) or (holder is None and not self._adopted):
            ours += snapshot.by_session.get(self._main.pid, ())
        return ours

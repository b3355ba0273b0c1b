"""A job's processes where no cgroup can hold them: found by what they descend from and what they carry."""

import signal
from hashlib import sha256

from engine.runner import processes
from engine.runner.clock import boottime
from engine.runner.processes import Census, Process
from engine.runner.protocol import KillBy

ROUNDS = 8


def seal(mark: str) -> int:
    """The mark as a number, carried as the hard limit of file locks.

    The kernel keeps that limit and ignores it. Every child inherits it, also one that clears its environment.
    """
    return (1 << 40) + int.from_bytes(sha256(mark.encode()).digest()[:5])


class Marked:
    """All that descend from the main process, share its session, or carry its mark or seal.

    `adopted` means that another runner started it: its pid may be somebody else's by now.
    """

    by: KillBy = "environment mark"

    def __init__(self, census: Census, main: Process, mark: str, *, adopted: bool = False) -> None:
        self._census = census
        self._main = main
        self._adopted = adopted
        self._mark = mark
        self._seal = seal(mark)
        self._seen: dict[int, int] = {main.pid: main.start_time}
        self._disturbed_at = 0.0
        self._was_busy = False

    def members(self) -> list[Process]:
        younger = [p for p in self._census.since(self._disturbed_at) if p.start_time >= self._main.start_time]
        holder = next((process for process in younger if process.pid == self._main.pid), None)
        same_session = self._main.is_same_as(holder) or (holder is None and not self._adopted)
        found = {
            process.pid: process
            for process in younger
            if (same_session and process.session == self._main.pid) or self._is_ours(process)
        }
        while children := [p for p in younger if p.parent in found and p.pid not in found]:
            found.update((child.pid, child) for child in children)
        self._seen = {process.pid: process.start_time for process in found.values()}
        return list(found.values())

    def look_anew(self, since: float) -> None:
        self._disturbed_at = since

    def signal(self, number: signal.Signals) -> int:
        return sum(processes.send(process, number) for process in self.members())

    def kill(self) -> int:
        """Stop all first, so that none can start another behind our back, then end them."""
        stopped: set[int] = set()
        for _ in range(ROUNDS):
            self.look_anew(boottime())
            fresh = [process for process in self.members() if process.pid not in stopped]
            if not fresh:
                break
            for process in fresh:
                processes.send(process, signal.SIGSTOP)
                stopped.add(process.pid)
        killed = self.signal(signal.SIGKILL)
        self.look_anew(boottime())
        return killed

    def is_empty(self) -> bool:
        """One look can miss a process that was born behind it, so after a busy one two must agree."""
        if self.members():
            self._was_busy = True
            self.look_anew(boottime())
            return False
        if self._was_busy:
            self.look_anew(boottime())
            return not self.members()
        return True

    def oom_kills(self) -> int:
        return 0

    def cpu_seconds(self) -> float | None:
        return None

    def remove(self) -> bool:
        return True

    def _is_ours(self, process: Process) -> bool:
        known = self._seen.get(process.pid) == process.start_time
        return known or self._census.carries(process, self._mark, self._seal)

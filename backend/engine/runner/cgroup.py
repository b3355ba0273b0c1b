"""One job's control groups: they hold its processes, limit them, and end all of them at once."""

import contextlib
import functools
import os
import signal
from pathlib import Path

from engine.runner import processes
from engine.runner.limits import Cgroups
from engine.runner.processes import ProcessInfo
from engine.runner.protocol import KillBy

MOST_PROCESSES = 4096
CPU_PERIOD = 100_000


class Cgroup:
    """Made empty; `enter` moves the main process in before it starts anything."""

    by: KillBy = "cgroup"

    def __init__(self, cgroups: Cgroups, name: str) -> None:
        self._cgroups = cgroups
        self._name = name
        self._group = cgroups.tracking / name
        self._folders = {self._group}

    @classmethod
    def left_by_others(cls, cgroups: Cgroups) -> "list[Cgroup]":
        """The groups of a former runner, with whatever still lives in them."""
        names = {folder.name for base in cgroups.bases for folder in base.iterdir() if folder.is_dir()}
        groups = [cls(cgroups, name) for name in names]
        for group in groups:
            group._folders = {base / group._name for base in cgroups.bases}
        return groups

    def enter(self, pid: int, *, memory_mb: int | None, cpus: float | None) -> None:
        """Raises OSError when the groups cannot be made or the process cannot be moved in."""
        self._limit("pids", {"pids.max": str(MOST_PROCESSES)})
        if memory_mb is not None:
            self._limit_memory(memory_mb << 20)
        if cpus:
            quota = max(1000, int(cpus * CPU_PERIOD))
            self._limit("cpu", {"cpu.max": f"{quota} {CPU_PERIOD}", "cpu.cfs_quota_us": str(quota)})
        self._group.mkdir(exist_ok=True)
        for folder in self._folders:
            (folder / "cgroup.procs").write_text(str(pid))

    def refresh(self, since: float) -> None:
        """The kernel's list is always of now."""

    def members(self) -> list[ProcessInfo]:
        found = (processes.read(pid) for pid in self._pids())
        return [process for process in found if process is not None]

    def signal(self, number: signal.Signals) -> int:
        """Returns how many processes got it."""
        return sum(
            processes.send(process, number, still=lambda pid=process.pid: self._holds(pid))  # type: ignore[misc]  # bound now
            for process in processes.parents_first(self.members())
        )

    def kill(self) -> int:
        """End every process in the group with SIGKILL; returns how many there were."""
        living = len(self.members())
        try:
            (self._group / "cgroup.kill").write_text("1")
        except OSError:
            return self.signal(signal.SIGKILL)
        return living

    def is_empty(self) -> bool:
        return not self.members()

    def oom_kills(self) -> int:
        folder = self._cgroups.by_controller.get("memory")
        if folder is None or folder / self._name not in self._folders:
            return 0
        for name in ("memory.events", "memory.oom_control"):
            for line in _lines(folder / self._name / name):
                if line.startswith("oom_kill "):
                    return int(line.split()[1])
        return 0

    def cpu_seconds(self) -> float | None:
        for line in _lines(self._group / "cpu.stat"):
            if line.startswith("usage_usec "):
                return int(line.split()[1]) / 1e6
        return None

    def remove(self) -> bool:
        """The kernel may hold a group for a moment after its last process has gone."""
        left = [folder for folder in self._folders if not _removed(folder)]
        return not left

    def _limit_memory(self, size: int) -> None:
        self._limit(
            "memory",
            {"memory.max": str(size), "memory.swap.max": "0", "memory.oom.group": "1"}
            | {"memory.limit_in_bytes": str(size), "memory.memsw.limit_in_bytes": str(size)},
        )

    def _limit(self, controller: str, settings: dict[str, str]) -> None:
        """Write those of the settings that this machine's version of the controller has."""
        base = self._cgroups.by_controller.get(controller)
        if base is None:
            return
        folder = base / self._name
        folder.mkdir(exist_ok=True)
        self._folders.add(folder)
        for name, value in settings.items():
            if name in _settings(base):
                (folder / name).write_text(value)

    def _pids(self) -> list[int]:
        """Those in groups that the job made below its own are the job's too."""
        return [
            int(line) for folder in _with_those_below(self._group) for line in _lines(folder / "cgroup.procs")
        ]

    def _holds(self, pid: int) -> bool:
        return pid in self._pids()


@functools.cache
def _settings(base: Path) -> frozenset[str]:
    """What can be set of the groups below `base`: the same as of itself."""
    return frozenset(path.name for path in base.iterdir())


def _with_those_below(group: Path) -> list[Path]:
    try:
        alone = group.stat().st_nlink == 2  # each folder below links to it
    except OSError:
        return []
    return [group] if alone else [Path(path) for path, _, _ in os.walk(group)]


def _removed(group: Path) -> bool:
    """Whether the group is gone, and those below it."""
    for folder in reversed(_with_those_below(group)):
        with contextlib.suppress(OSError):
            folder.rmdir()
    return not group.exists()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []

"""How a job's processes are held together: the contract, and the surest way, which is two others at once.

Those are `cgroup.py` and `process_tree.py`.
"""

import signal
from typing import Protocol

from engine.runner import processes
from engine.runner.cgroup import Cgroup
from engine.runner.clock import boottime
from engine.runner.process_tree import ProcessTree
from engine.runner.processes import Offspring, ProcessInfo
from engine.runner.protocol import KillBy


class ProcessGroup(Protocol):
    """All live processes of one job. Zombies do not count."""

    @property
    def by(self) -> KillBy: ...

    def members(self) -> list[ProcessInfo]: ...

    def refresh(self, since: float) -> None:
        """Something happened then (CLOCK_BOOTTIME): what was seen before will not do."""

    def signal(self, number: signal.Signals) -> int:
        """Send to every member; returns how many got it."""

    def kill(self) -> int:
        """SIGKILL to every member; returns how many got it. To be repeated until `is_empty`."""

    def is_empty(self) -> bool: ...

    def oom_kills(self) -> int:
        """How many members the kernel has killed for want of memory."""

    def cpu_seconds(self) -> float | None:
        """Of all that ever were members; None where nobody counts it."""

    def remove(self) -> bool:
        """Give back what the group took; False when that has to be tried again."""


class CgroupAndTree:
    """A job in a cgroup, and whatever of it has left that: a job may be able to move into another group.

    Empty only when both are. The tree is looked at where there is reason to, for that costs more.
    """

    by: KillBy = "cgroup"

    def __init__(self, cgroup: Cgroup, tree: ProcessTree, offspring: Offspring) -> None:
        self._cgroup = cgroup
        self._tree = tree
        self._offspring = offspring

    def members(self) -> list[ProcessInfo]:
        """Those in the cgroup: what escapes it is ended with the job, and not measured."""
        return self._cgroup.members()

    def refresh(self, since: float) -> None:
        self._tree.refresh(since)

    def signal(self, number: signal.Signals) -> int:
        inside = self._cgroup.members()
        pids = {process.pid for process in inside}
        outside = [process for process in self._tree.members() if process.pid not in pids]
        escaped = sum(processes.send(process, number) for process in processes.parents_first(outside))
        return self._cgroup.signal(number) + escaped

    def kill(self) -> int:
        killed = self._cgroup.kill()
        self._tree.refresh(boottime())
        if self._offspring.may_have_orphans():
            killed += self._tree.kill()
        return killed

    def is_empty(self) -> bool:
        return self._cgroup.is_empty() and (not self._offspring.may_have_orphans() or self._tree.is_empty())

    def oom_kills(self) -> int:
        return self._cgroup.oom_kills()

    def cpu_seconds(self) -> float | None:
        return self._cgroup.cpu_seconds()

    def remove(self) -> bool:
        return self._cgroup.remove()

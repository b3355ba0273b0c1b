"""The contract for holding a job's processes together; `process_tree.py` and `cgroup_and_tree.py` keep it."""

import signal
from typing import Protocol

from engine.runner.processes import ProcessInfo
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

"""The runner's children: processes that it started, and orphans of jobs that came to their subreaper."""

from pathlib import Path


class Offspring:
    """`started` are the pids of those that the runner started and has not reaped.

    Whatever a job leaves running comes to the runner once its parents have gone. So where there is no orphan,
    nothing is left of any job whose processes that are known have ended, and nobody has to look further.
    """

    def __init__(self) -> None:
        self.started: set[int] = set()

    def may_have_orphans(self) -> bool:
        """True also where this kernel does not list children."""
        try:
            tasks = list(Path("/proc/self/task").iterdir())
            return any(self._has_others((task / "children").read_text()) for task in tasks)
        except OSError:
            return True

    def _has_others(self, pids: str) -> bool:
        return any(int(pid) not in self.started for pid in pids.split())

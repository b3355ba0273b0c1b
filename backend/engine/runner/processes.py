"""Processes as /proc shows them, and signals that reach only the process that was meant."""

import contextlib
import errno
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    """`start_time`, in clock ticks since the boot, and the pid name one process until the next boot."""

    pid: int
    parent: int
    session: int
    start_time: int
    rss: int
    cpu_ticks: int

    def is_same_as(self, other: "ProcessInfo | None") -> bool:
        return other is not None and (self.pid, self.start_time) == (other.pid, other.start_time)


def read(pid: int) -> ProcessInfo | None:
    """The live process of that number; None where there is none, or only a zombie."""
    try:
        stat = contents(f"/proc/{pid}/stat")
    except OSError:
        return None
    fields = stat[stat.rindex(b")") + 2 :].split()
    only_thread = int(fields[17]) <= 1
    # A main thread that left while others run looks like a zombie, and is none.
    if fields[0] in (b"Z", b"X") and only_thread:
        return None
    return ProcessInfo(
        pid=pid,
        parent=int(fields[1]),
        session=int(fields[3]),
        start_time=int(fields[19]),
        rss=int(fields[21]) * PAGE,
        cpu_ticks=int(fields[11]) + int(fields[12]),
    )


def everyone() -> Iterator[ProcessInfo]:
    with os.scandir("/proc") as entries:
        for entry in entries:
            if entry.name.isdecimal() and (process := read(int(entry.name))):
                yield process


def parents_first(found: list[ProcessInfo]) -> list[ProcessInfo]:
    """The order for signals: a shell must not see its child end and begin the next command."""
    return sorted(found, key=lambda process: (process.start_time, process.pid))


def send(process: ProcessInfo, number: signal.Signals, *, still: Callable[[], bool] | None = None) -> bool:
    """Signal that very process; False when it is gone. `still` is asked when its pid can change no more."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError as error:
        if error.errno not in (errno.ENOSYS, errno.EPERM):
            return False
        return _send_without_pidfd(process, number)
    try:
        if not process.is_same_as(read(process.pid)) or (still is not None and not still()):
            return False
        signal.pidfd_send_signal(descriptor, number)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def _send_without_pidfd(process: ProcessInfo, number: signal.Signals) -> bool:
    """For kernels and sandboxes that have none: the start time alone is the proof."""
    if not process.is_same_as(read(process.pid)):
        return False
    with contextlib.suppress(OSError):
        os.kill(process.pid, number)
        return True
    return False


def contents(path: str) -> bytes:
    """A file of /proc, which has no size to go by. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        pieces = []
        while piece := os.read(descriptor, 1 << 16):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(descriptor)


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
            with os.scandir("/proc/self/task") as tasks:
                return any(self._has_others(contents(f"{task.path}/children")) for task in tasks)
        except OSError:
            return True

    def _has_others(self, pids: bytes) -> bool:
        return any(int(pid) not in self.started for pid in pids.split())

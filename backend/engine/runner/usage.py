"""What a job used: samples of its processes while it runs, and the kernel's own count at the end."""

import re
import resource

from engine.runner.processes import ProcessInfo, contents
from jobs.attempts import Usage

FIRST_SAMPLES = (0.1, 1.0)
SAMPLE_EVERY = 5.0
SAMPLE_AGE = 1.0
"""Seconds by which a sample may be out of date, so that many jobs share one look at all processes."""

BLOCK = 512
MB = 1 << 20

_PEAK = re.compile(rb"^VmHWM:\s+(\d+)", re.MULTILINE)


class Meter:
    """Peak memory is the larger of the largest sample of all processes and the largest single process.

    The kernel's count of the latter begins with the runner's own size, which the child has until it executes
    the command; a count no larger than that says nothing, and the samples stand alone.
    """

    def __init__(self, started: float) -> None:
        self.started = started
        self._peak = 0
        self._samples = 0

    def next_sample(self) -> float:
        """When to take one, by the clock of `started`."""
        if self._samples < len(FIRST_SAMPLES):
            return self.started + FIRST_SAMPLES[self._samples]
        return self.started + SAMPLE_EVERY * (self._samples - len(FIRST_SAMPLES) + 1)

    def sample(self, members: list[ProcessInfo], now: float) -> None:
        self._peak = max(self._peak, sum(process.rss for process in members))
        while self.next_sample() <= now:
            self._samples += 1

    def total(self, counted: resource.struct_rusage, cpu_seconds: float | None) -> Usage:
        largest = counted.ru_maxrss * 1024
        own = own_peak()
        peak = max(self._peak, largest if largest > own else 0)
        cpu = counted.ru_utime + counted.ru_stime
        return {
            "max_rss_mb": round(peak / MB, 1),
            "cpu_seconds": round(max(cpu, cpu_seconds or 0.0), 3),
            "read_mb": round(counted.ru_inblock * BLOCK / MB, 1),
            "write_mb": round(counted.ru_oublock * BLOCK / MB, 1),
        }


def own_peak() -> int:
    """The runner's largest size in bytes (VmHWM of proc_pid_status(5)).

    `ru_maxrss` would not do: it survives an exec, so it tells of whoever started the runner.
    """
    found = _PEAK.search(contents("/proc/self/status"))
    return int(found[1]) * 1024 if found else 0

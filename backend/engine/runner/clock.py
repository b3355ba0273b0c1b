"""The two clocks, and the name of the time since the last reboot."""

import time
from functools import cache
from pathlib import Path


def boottime() -> float:
    """Seconds of CLOCK_BOOTTIME: never set by anybody, and it counts while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def wall() -> float:
    """Seconds since 1970, for people; nothing is decided by it."""
    return time.time()


@cache
def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()

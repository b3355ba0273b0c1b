"""Processes by pid and start time, so that a signal never reaches a stranger that got an old pid."""

import os
from collections.abc import Iterable

import psutil


def alive(process: psutil.Process) -> bool:
    """Whether this very process still runs; a zombie does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def start_time(pid: int) -> float:
    """When the process started, seconds since 1970; 0 when there is none."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def find(pid: int, started: float) -> psutil.Process | None:
    """The process with this pid, if it is the one that started at `started` (seconds since 1970)."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < 1
    except psutil.NoSuchProcess:
        return None
    return process if same and alive(process) else None


def child_has_ended(pid: int) -> bool:
    """Whether this child of ours has ended. It stays to be waited for, so nobody else can get its pid yet."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def end(processes: Iterable[psutil.Process], *steps: tuple[int, float]) -> bool:
    """Send each step's signal to what still runs and wait that step's seconds; True when nothing is left."""
    left = [process for process in processes if alive(process)]
    for signal_number, seconds in steps:
        for process in left:
            try:
                # psutil checks the start time again before it signals.
                process.send_signal(signal_number)
            except psutil.NoSuchProcess:
                continue
        _, left = psutil.wait_procs(left, timeout=seconds)
        left = [process for process in left if alive(process)]
        if not left:
            return True
    return not left

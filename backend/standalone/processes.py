"""Processes by pid and start time, so that a signal never reaches a stranger that got an old pid."""

from collections.abc import Iterable
from pathlib import Path

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


def working_in(folder: Path, name: str) -> list[psutil.Process]:
    """The processes of that program name whose working directory is `folder`, oldest first."""
    found = []
    for process in psutil.process_iter(["name", "cwd", "create_time"]):
        if process.info["name"] == name and process.info["cwd"] == str(folder) and alive(process):
            found.append(process)
    return sorted(found, key=lambda process: process.info["create_time"])


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

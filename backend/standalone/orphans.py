"""What a supervisor that was killed left running.

Every process of a home carries its own name and the home's from birth, in its environment. That needs no
record, which could be lost or torn, and no stranger that got an old pid can pass for it.
"""

import os
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil

from standalone import processes

MARK = "JOBDECK_PROCESS"

# In the order of a stop. The database's server is found by where it works: see standalone.cluster_lock.
GRACE_SECONDS = {"signin": 1.0, "prepare": 1.0, "initdb": 1.0, "web": 5.0, "agent": 10.0, "runner": 15.0}


def mark(name: str, home: Path) -> dict[str, str]:
    """The variable by which a process called `name` of that home is known."""
    return {MARK: f"{name} of {home.resolve()}"}


def find(home: Path) -> dict[str, list[psutil.Process]]:
    """The processes of that home that run now, by name; the one that leads its session is the first."""
    found: dict[str, list[psutil.Process]] = {}
    for process in psutil.process_iter():
        try:
            name, _, place = process.environ().get(MARK, "").partition(" of ")
            leads = os.getsid(process.pid) == process.pid
        except (psutil.Error, OSError):
            continue  # it has ended, or is somebody else's
        # What a runner starts outlives it on purpose, to end the jobs.
        if place == str(home.resolve()) and (leads or name != "runner"):
            group = found.setdefault(name, [])
            group.insert(0 if leads else len(group), process)
    return found


def end(home: Path, names: Iterable[str] = GRACE_SECONDS) -> list[str]:
    """End those with these names, jobs with their runner, and give the names of what ran."""
    if not find(home):
        return []
    ended = []
    for name in names:
        # Looked up anew each time: what is told to stop may still have started something.
        running = find(home).get(name, [])
        if running:
            processes.end(running, (signal.SIGTERM, GRACE_SECONDS[name]), (signal.SIGKILL, 5.0))
            ended.append(name)
    return ended

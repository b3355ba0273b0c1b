"""What this machine lets us enforce: cgroup v2, v1, both or neither, found out by trying.

Our groups go below the runner's own, so that whatever limits the runner limits its jobs too.
"""

import contextlib
import errno
import logging
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.runner.protocol import Limits

CONTROLLERS: tuple[str, ...] = ("memory", "cpu", "pids")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """One mounted cgroup hierarchy; `own` is the folder of the group in which this process is."""

    version: Literal[1, 2]
    controllers: frozenset[str]
    own: Path


@dataclass(frozen=True, slots=True)
class Cgroups:
    """Where groups for jobs can be made: `tracking` holds one for every job, the others by controller."""

    tracking: Path
    by_controller: dict[str, Path]

    @property
    def limits(self) -> Limits:
        return {
            "memory": "memory" in self.by_controller,
            "cpu": "cpu" in self.by_controller,
            "pids": "pids" in self.by_controller,
        }

    @property
    def bases(self) -> set[Path]:
        return {self.tracking, *self.by_controller.values()}

    def remove(self) -> None:
        for base in self.bases:
            with contextlib.suppress(OSError):
                base.rmdir()


NO_LIMITS: Limits = {"memory": False, "cpu": False, "pids": False}


def detect(name: str, hierarchies: list[Hierarchy] | None = None) -> Cgroups | None:
    """Make groups of that name where it is allowed; None where processes cannot be held in any."""
    bases: dict[str, Path] = {}
    candidates: list[Path] = []
    for hierarchy in sorted(
        own_hierarchies() if hierarchies is None else hierarchies, key=lambda h: -h.version
    ):
        base = hierarchy.own / name
        wanted = hierarchy.controllers.intersection(CONTROLLERS) - bases.keys()
        if (hierarchy.version == 1 and not wanted) or not _made(base):
            continue
        candidates.append(base)
        usable = _enabled(hierarchy, base, wanted) if hierarchy.version == 2 else wanted
        bases.update(dict.fromkeys(usable, base))
    for base in candidates:
        if _holds_processes(base):
            return Cgroups(base, bases)
    for base in candidates:
        with contextlib.suppress(OSError):
            base.rmdir()
    return None


def own_hierarchies() -> list[Hierarchy]:
    own: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own.update(dict.fromkeys(controllers.split(","), path))
    return [
        hierarchy
        for line in Path("/proc/self/mountinfo").read_text().splitlines()
        if (hierarchy := _hierarchy(line, own))
    ]


def capacity() -> tuple[int, int]:
    """CPUs and megabytes of memory that jobs here can use together."""
    cpus = float(len(os.sched_getaffinity(0)))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for hierarchy in own_hierarchies():
        cpus = min([cpus, *_cpu_quota(hierarchy.own)])
        memory = min([memory, *_memory_limit(hierarchy.own)])
    return max(1, int(cpus)), memory >> 20


def _hierarchy(mount: str, own: dict[str, str]) -> Hierarchy | None:
    fields = mount.split()
    root, mounted_on, kind, options = fields[3], fields[4], fields[-3], fields[-1].split(",")
    if kind == "cgroup2":
        path, version = own.get(""), 2
    elif kind == "cgroup":
        path, version = next((own[option] for option in options if option in own), None), 1
    else:
        return None
    if path is None or not Path(path).is_relative_to(root):
        return None
    folder = Path(mounted_on) / Path(path).relative_to(root)
    if version == 2:
        return Hierarchy(2, frozenset(_words(folder / "cgroup.controllers")), folder)
    return Hierarchy(1, frozenset(options), folder)


def _made(base: Path) -> bool:
    try:
        base.mkdir(exist_ok=True)
    except OSError:
        return False
    return True


def _enabled(hierarchy: Hierarchy, base: Path, wanted: frozenset[str]) -> frozenset[str]:
    """The controllers that groups below `base` have, after asking for all that are wanted."""
    for controller in sorted(wanted):
        try:
            _enable(hierarchy.own, controller)
        except OSError as error:
            if error.errno != errno.EBUSY or not _step_aside(hierarchy.own, base):
                continue
            with contextlib.suppress(OSError):
                _enable(hierarchy.own, controller)
        with contextlib.suppress(OSError):
            _enable(base, controller)
    return wanted.intersection(_words(base / "cgroup.subtree_control"))


def _enable(group: Path, controller: str) -> None:
    (group / "cgroup.subtree_control").write_text(f"+{controller}")


def _step_aside(own: Path, base: Path) -> bool:
    """Version 2 limits only what is below a group without processes; when we are alone in ours, we move."""
    if _words(own / "cgroup.procs") != [str(os.getpid())]:
        return False
    aside = base.with_name(f"{base.name}-runner")
    try:
        aside.mkdir(exist_ok=True)
        (aside / "cgroup.procs").write_text("0")
    except OSError:
        return False
    return True


def _holds_processes(base: Path) -> bool:
    """Whether a process can really be moved in: permissions alone do not tell."""
    trial = base / "trial"
    try:
        trial.mkdir(exist_ok=True)
        with subprocess.Popen(["/bin/sh", "-c", "read -r _"], stdin=subprocess.PIPE) as process:
            (trial / "cgroup.procs").write_text(str(process.pid))
            held = str(process.pid) in _words(trial / "cgroup.procs")
        trial.rmdir()
    except OSError as error:
        log.info("Cgroups at %s cannot be used: %s", base, error.strerror)
        with contextlib.suppress(OSError):
            trial.rmdir()
        return False
    return held


def _cpu_quota(group: Path) -> Iterator[float]:
    match _words(group / "cpu.max"):
        case [quota, period] if quota != "max":
            yield int(quota) / int(period)
    match _words(group / "cpu.cfs_quota_us") + _words(group / "cpu.cfs_period_us"):
        case [quota, period] if int(quota) > 0:
            yield int(quota) / int(period)


def _memory_limit(group: Path) -> Iterator[int]:
    for name in ("memory.max", "memory.limit_in_bytes"):
        for word in _words(group / name):
            if word != "max":
                yield int(word)


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []

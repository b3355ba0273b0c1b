"""Who works in a cluster of PostgreSQL's, and the lock files that a server left when it was killed.

PostgreSQL takes any living process of its user with the pid of its lock file for a server, and then does not
start. After a reboot pids are low and alike, so that this stranger is often there.
"""

import signal
from pathlib import Path

import psutil

from standalone import processes
from standalone.errors import CannotStart

STOP_SECONDS = 30.0
SOCKET_LOCK = ".s.PGSQL.5432.lock"
HIGHEST_PID = 1 << 22


def servers(data: Path) -> list[psutil.Process]:
    """The server's processes, by program and working directory; the one of the lock file is the first."""
    lock = data / "postmaster.pid"
    place, holder = str(data.resolve()), pid_in(lock)
    found = []
    for process in psutil.process_iter(["name", "cwd", "uids"]):
        if process.info["name"] != "postgres" or not processes.alive(process):
            continue
        folder = process.info["cwd"]
        # In a container root may not be shown where others' processes work: then the lock's word counts.
        hidden = not folder and process.pid == holder and _could_hold(process, lock)
        if folder == place or hidden:
            found.append(process)
    return sorted(found, key=lambda process: process.pid != holder)


def end_servers(data: Path) -> bool:
    """End a server that outlived who started it; whether there was one. Raises `CannotStart` if it stays."""
    working = servers(data)
    leads = bool(working) and working[0].pid == pid_in(data / "postmaster.pid")
    # Without their leader the processes only wait for each other.
    gentle = (signal.SIGINT, STOP_SECONDS) if leads else (signal.SIGQUIT, 5.0)
    if not processes.end(working, gentle, (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        raise CannotStart(f"A former PostgreSQL still works in {data} and cannot be ended.")
    return bool(working)


def clear_stale(data: Path, socket_dir: Path) -> None:
    """Remove the lock files that would stop a start, once `end_servers` has shown that nobody works there.

    A lock whose pid is nobody's is left to PostgreSQL, which has more to go by. Raises `CannotStart` where
    one cannot be removed.
    """
    for lock in (data / "postmaster.pid", socket_dir / SOCKET_LOCK):
        pid = pid_in(lock)
        if pid and not psutil.pid_exists(pid):
            continue
        try:
            lock.unlink(missing_ok=True)
        except OSError as error:
            raise CannotStart(
                f"{lock} is in the way of PostgreSQL's lock and cannot be removed ({error.strerror}). "
                "No server works there: move it away, then start again."
            ) from error


def pid_in(lock: Path) -> int:
    """The pid in a lock file; 0 where there is none."""
    try:
        pid = abs(int(lock.read_text().split("\n", 1)[0]))
    except (OSError, ValueError):
        return 0
    return pid if pid <= HIGHEST_PID else 0


def _could_hold(process: psutil.Process, lock: Path) -> bool:
    """Whether the lock was written by that process's user, and since the machine started."""
    try:
        written = lock.stat()
    except OSError:
        return False
    uids = process.info["uids"]
    return bool(uids) and uids.effective == written.st_uid and written.st_mtime >= psutil.boot_time()

"""The runner's side of its guard: keeps one running and tells it what runs here, and never waits for it."""

import contextlib
import json
import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from engine.runner import processes
from engine.runner.clock import boottime
from engine.runner.guard import Message, Watched
from engine.runner.limits import Cgroups
from engine.runner.lock_file import LockFile
from engine.runner.processes import Offspring, ProcessInfo

PACKAGES = Path(__file__).parents[2]
RESTART_EVERY = 1.0
PATIENCE = 5.0
"""Seconds that a former guard has to end what its runner left, and that ours has to end itself."""

PAUSE = 0.02

log = logging.getLogger(__name__)


class GuardLink:
    """Holds what the guard has to know: a new guard is told all of it."""

    def __init__(
        self,
        lock: Path,
        home: str,
        cgroups: Cgroups | None,
        selector: selectors.BaseSelector,
        offspring: Offspring,
    ) -> None:
        self._lock = lock
        self._command = [sys.executable, "-m", "engine.runner.guard", "--home-tag", home]
        if cgroups is not None:
            self._command += ["--tracking", str(cgroups.tracking)]
        self._selector = selector
        self._offspring = offspring
        self._watched: dict[int, Watched] = {}
        self._unsaid: dict[int | None, Message] = {}
        self._outgoing = b""
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._start_at = 0.0
        self._said_why = False

    def watch(self, attempt_id: int, watched: Watched) -> None:
        """It has to be over by that moment; the newest one counts."""
        self._watched[attempt_id] = watched
        self._say({"attempt_id": attempt_id, "watched": watched})

    def forget(self, attempt_id: int) -> None:
        if self._watched.pop(attempt_id, None) is not None:
            self._say({"attempt_id": attempt_id, "watched": None})

    def due_at(self) -> float | None:
        """The CLOCK_BOOTTIME second at which a guard has to be started, None while there is one."""
        return self._start_at if self._process is None else None

    def tend(self) -> None:
        """Start a guard where there is none."""
        if self._process is not None or boottime() < self._start_at:
            return
        self._start_at = boottime() + RESTART_EVERY
        try:
            self._start()
        except OSError as error:
            if not self._said_why:
                log.warning("There is no guard, and none can be started; it is tried again. %s", error)
            self._said_why = True
        else:
            self._said_why = False

    def child_ended(self, pid: int, status: int) -> None:
        """A child of the runner was reaped; it may have been the guard."""
        if self._process is None or pid != self._process.pid:
            return
        log.warning("The guard has ended (%d); another is started.", os.waitstatus_to_exitcode(status))
        self._process.returncode = status
        self._process = None
        self._close_socket()

    def close(self) -> None:
        """Nothing runs any more: say farewell, and wait until the guard has gone."""
        process = self._process
        if process is None:
            return
        self._say({"attempt_id": None, "watched": None})
        self._close_socket()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            log.warning("The guard did not end by itself.")
            process.kill()
            process.wait()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs, contextlib.closing(take_place(self._lock)) as lock:
            # Before there is a guard: one that runs knows all of it, whatever becomes of us meanwhile.
            self._tell_all(ours)
            try:
                process = subprocess.Popen(
                    self._command,
                    cwd=PACKAGES,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    # It holds the lock for as long as it lives, and nobody else does.
                    pass_fds=[lock.fileno()],
                    start_new_session=True,
                )
            except OSError:
                self._close_socket()
                raise
            self._process = process
            self._offspring.started.add(process.pid)
            if guard := processes.read(process.pid):
                lock.sign(f"{guard.pid} {guard.start_time}")

    def _tell_all(self, new_socket: socket.socket) -> None:
        self._socket = new_socket
        self._outgoing = b""
        self._unsaid = {
            attempt_id: {"attempt_id": attempt_id, "watched": watched}
            for attempt_id, watched in self._watched.items()
        }
        self._flush()

    def _say(self, message: Message) -> None:
        self._unsaid[message["attempt_id"]] = message
        self._flush()

    def _flush(self, _: int = 0) -> None:
        """Send what the guard takes now. What it is too slow to hear is kept: the newest of each attempt."""
        connected = self._socket
        if connected is None:
            return
        try:
            while self._outgoing or self._unsaid:
                if not self._outgoing:
                    said = [json.dumps(message) + "\n" for message in self._unsaid.values()]
                    self._outgoing = "".join(said).encode()
                    self._unsaid.clear()
                self._outgoing = self._outgoing[connected.send(self._outgoing) :]
        except BlockingIOError:
            self._wait_to_write(connected)
        except OSError:
            # It is gone, and its end will be heard of.
            self._close_socket()
        else:
            self._wait_no_more(connected)

    def _wait_to_write(self, connected: socket.socket) -> None:
        if connected.fileno() not in self._selector.get_map():
            self._selector.register(connected, selectors.EVENT_WRITE, self._flush)

    def _wait_no_more(self, connected: socket.socket) -> None:
        if connected.fileno() in self._selector.get_map():
            self._selector.unregister(connected)

    def _close_socket(self) -> None:
        if self._socket is not None:
            self._wait_no_more(self._socket)
            self._socket.close()
            self._socket = None


def take_place(path: Path) -> LockFile:
    """The guard's lock, taken. A former guard that still ends what its runner left has some time for that.

    Raises OSError.
    """
    lock = LockFile(path)
    give_up = boottime() + PATIENCE
    while not lock.take():
        if boottime() >= give_up:
            _end_former(path, lock.holder())
            give_up = boottime() + PATIENCE
        time.sleep(PAUSE)
    return lock


def _end_former(path: Path, holder: str) -> None:
    """It is stuck or stopped."""
    try:
        pid, start_time = holder.split()
        former = ProcessInfo(int(pid), 0, int(pid), int(start_time), 0, 0)
    except ValueError:
        log.warning("A former guard holds %s, and nobody knows which process that is.", path)
        return
    log.warning("The former guard, pid %d, does not end by itself; it is ended.", former.pid)
    processes.send(former, signal.SIGKILL)

"""The commands that set-up runs: where it is stopped, none of them goes on."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO

Command = list[str]
STOP_SECONDS = 15.0


class RunningCommands:
    """The commands that run now, so that a stop leaves none of them."""

    def __init__(self) -> None:
        self._processes = []  # type: list[subprocess.Popen[bytes]]
        self._stopped = False

    def start(self, command: Command, folder: Path, output: IO[bytes]) -> "subprocess.Popen[bytes]":
        """In a session of its own: what npm and pip start themselves is reached through it."""
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        self._processes.append(process)
        if self._stopped:
            signal_group(process, signal.SIGTERM)
        return process

    def stop(self, number: int, _: "FrameType | None") -> None:
        """End them all, and this program."""
        self._stopped = True
        processes = list(self._processes)
        for process in processes:
            signal_group(process, signal.SIGTERM)
        # A package manager that is cut off in the middle leaves a mess.
        deadline = time.monotonic() + STOP_SECONDS
        while any(not has_ended(process) for process in processes) and time.monotonic() < deadline:
            time.sleep(0.05)
        for process in processes:
            signal_group(process, signal.SIGKILL)
        print("Stopped while setting up; the next time it goes on with what is missing.", flush=True)
        raise SystemExit(128 + number)


def signal_group(process: "subprocess.Popen[bytes]", number: int) -> None:
    # The pid is not free for others as long as nobody has waited for it.
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def has_ended(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it has, without taking its exit code from whoever waits for it."""
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


RUNNING = RunningCommands()

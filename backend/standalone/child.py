"""One process under the supervisor: started, watched, started again, ended."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

from standalone import processes
from standalone.process_log import ProcessLog

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
STEADY_SECONDS = 60.0
"""After a process has run this long, the waits before a restart begin anew."""

Spawn = Callable[[ProcessLog], "subprocess.Popen[bytes]"]


class Child:
    """A process that is to run until it is stopped."""

    def __init__(self, name: str, log: ProcessLog, spawn: Spawn) -> None:
        self.name = name
        self.log = log
        self._spawn = spawn
        self.process: subprocess.Popen[bytes] | None = None
        self.exit_code = 0
        """Of its last end; negative for a signal."""
        self._started = False
        self._failures = 0
        self._again_at = 0.0
        self._began = 0.0

    @property
    def running(self) -> bool:
        return self.process is not None

    def start(self) -> None:
        self.process = self._spawn(self.log)
        self._started = True
        self._began = time.monotonic()

    def look(self) -> str | None:
        """Notice an end: what to tell people about it, once. The next start is due after a growing wait."""
        if self.process is None or not processes.child_has_ended(self.process.pid):
            return None
        self._reap()
        if time.monotonic() - self._began > STEADY_SECONDS:
            self._failures = 0
        wait = self.postpone()
        last = self.log.tail(1).strip()
        how = _ending(self.exit_code)
        return f"{self.name} ended ({how}); it starts again in {wait:g} s. Last in its log: {last}"

    def postpone(self) -> float:
        """Put the next start off, for longer each time; the seconds."""
        wait: float = min(FIRST_WAIT * 2**self._failures, LONGEST_WAIT)
        self._failures += 1
        self._again_at = time.monotonic() + wait
        return wait

    @property
    def due(self) -> bool:
        """Whether it is time to start it again."""
        return self.process is None and self._started and time.monotonic() >= self._again_at

    def wait(self, seconds: float) -> bool:
        """Whether it ended within so many seconds."""
        deadline = time.monotonic() + seconds
        while self.process is not None:
            if processes.child_has_ended(self.process.pid):
                self._reap()
            elif time.monotonic() > deadline:
                return False
            else:
                time.sleep(0.02)
        return True

    def signal(self, number: int) -> None:
        if self.process is not None:
            # Not Popen's own, which would wait for a process that has ended and so lose its end.
            os.kill(self.process.pid, number)

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.wait(5)

    def _reap(self) -> None:
        """End what the dead process left in its group, then let its pid go."""
        assert self.process is not None  # noqa: S101  (for the type checker)
        # Until it is waited for, no stranger can get its pid, which is the group's id too.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.exit_code = self.process.wait()
        self.process = None


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"

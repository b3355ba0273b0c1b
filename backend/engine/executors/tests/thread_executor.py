"""A second executor, as small as the contract allows: `subprocess` and a thread for each attempt.

It has no socket and no events, so it is polled; what it started does not outlive it.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from engine.executors.base import (
    LARGEST_PROGRESS,
    LARGEST_RESULT,
    AttemptRecord,
    Capabilities,
    Executor,
    Refused,
)
from engine.runner.clock import boottime
from jobs.attempts import AttemptRef, Exit, Receipt, StopReason, Stream, Workload

PAUSE = 0.01


class ThreadExecutor(Executor):
    """Keeps what attempts write below `folder`."""

    name: ClassVar[str] = "thread"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._attempts: dict[int, _Attempt] = {}

    def capabilities(self) -> Capabilities:
        return {
            "cancel": True,
            "timeout": True,
            "logs": True,
            "progress": True,
            "limits": {"memory": False, "cpu": False, "pids": False},
            "kill_by": "process group",
            "capacity": None,
        }

    def submit_many(
        self, items: Sequence[tuple[AttemptRef, Workload]], *, deadline: float, grace: float, log_cap: int
    ) -> dict[int, Refused | None]:
        return {ref.attempt_id: self._submit(ref, work, deadline, grace) for ref, work in items}

    def cancel(self, ref: AttemptRef, *, reason: StopReason, grace: float) -> None:
        known = self._attempts.get(ref.attempt_id)
        if known is None or known.ref != ref:
            raise Refused("unknown_attempt", "There is no such attempt under that lease here.")
        known.end(reason, grace)

    def poll(self) -> list[AttemptRecord]:
        return [
            AttemptRecord(one.ref, running=one.exit is None, exit=one.exit) for one in self._attempts.values()
        ]

    def extend(self, refs: Iterable[AttemptRef], deadline: float) -> list[int]:
        unknown: list[int] = []
        for ref in refs:
            known = self._attempts.get(ref.attempt_id)
            if known is None or known.ref != ref:
                unknown.append(ref.attempt_id)
            else:
                known.deadline = deadline
        return unknown

    def forget_many(self, refs: Iterable[AttemptRef]) -> set[int]:
        ids = {ref.attempt_id for ref in refs}
        running = {one for one in ids & self._attempts.keys() if self._attempts[one].exit is None}
        for attempt_id in ids - running:
            self._attempts.pop(attempt_id, None)
        return running

    def exit(self, ref: AttemptRef) -> Exit | None:
        known = self._attempts.get(ref.attempt_id)
        return known.exit if known else None

    def log_size(self, ref: AttemptRef, stream: Stream) -> int:
        with suppress(FileNotFoundError):
            return (self._path(ref) / stream).stat().st_size
        return 0

    def read_log(self, ref: AttemptRef, stream: Stream, offset: int, limit: int) -> bytes:
        with suppress(FileNotFoundError), (self._path(ref) / stream).open("rb") as file:
            file.seek(offset)
            return file.read(limit)
        return b""

    def progress(self, ref: AttemptRef) -> bytes | None:
        return self._left(ref, "progress", LARGEST_PROGRESS)

    def result(self, ref: AttemptRef) -> bytes | None:
        return self._left(ref, "result.json", LARGEST_RESULT + 1)

    def end_all(self) -> None:
        """Leave no process behind."""
        for one in self._attempts.values():
            one.end("interrupted", 0)
            one.thread.join()

    def _submit(self, ref: AttemptRef, work: Workload, deadline: float, grace: float) -> Refused | None:
        known = self._attempts.get(ref.attempt_id)
        if known is not None:
            there = "This attempt is here already, under another lease."
            return None if known.ref == ref else Refused("conflict", there)
        try:
            self._attempts[ref.attempt_id] = _Attempt(ref, work, self._path(ref), deadline, grace)
        except Refused as error:
            return error
        return None

    def _path(self, ref: AttemptRef) -> Path:
        return self.folder / str(ref.attempt_id)

    def _left(self, ref: AttemptRef, name: str, most: int) -> bytes | None:
        with suppress(FileNotFoundError), (self._path(ref) / name).open("rb") as file:
            return file.read(most)
        return None


class _Attempt:
    """A process group and the thread that waits for it. Raises Refused where it cannot start."""

    def __init__(self, ref: AttemptRef, work: Workload, folder: Path, deadline: float, grace: float) -> None:
        self.ref = ref
        self.deadline = deadline
        self.exit: Exit | None = None
        self._grace = grace
        self._timeout_at = None if work.timeout is None else boottime() + work.timeout
        self._started_at = time.time()
        self._ended_for: str | None = None
        self._requested: str | None = None
        self._term_at = self._kill_at = 0.0
        self._kill_due = float("inf")
        self._lock = threading.Lock()
        self._process = _start(work, folder)
        self.thread = threading.Thread(target=self._wait)
        self.thread.start()

    def end(self, reason: str, grace: float) -> None:
        """Begin to end it, unless it has ended by itself."""
        with self._lock:
            if self._process.poll() is not None:
                return
            self._requested = self._requested or reason
            self._kill_due = min(self._kill_due, boottime() + grace)
            if self._ended_for is None:
                self._ended_for, self._term_at = reason, time.time()
                self._signal(signal.SIGTERM)

    def _wait(self) -> None:
        while self._process.poll() is None:
            moment = boottime()
            if self._timeout_at is not None and moment >= self._timeout_at:
                self._timeout_at = None
                self.end("timeout", self._grace)
            if moment >= self.deadline - self._grace:
                self.end("fenced", max(0.0, self.deadline - moment))
            if moment >= self._kill_due:
                self._kill_at = self._kill_at or time.time()
                self._signal(signal.SIGKILL)
            time.sleep(PAUSE)
        with self._lock:
            self._signal(signal.SIGKILL)
            self.exit = self._record(self._process.returncode)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _record(self, code: int) -> Exit:
        if self._ended_for is not None:
            reason, message = self._ended_for, "It was ended."
        elif code < 0:
            reason, message = "signal", f"It was ended by signal {-code}."
        else:
            reason, message = ("exit_code", f"It ended with exit code {code}.") if code else ("", "")
        return {
            "exit_code": None if code < 0 else code,
            "signal": -code if code < 0 else None,
            "reason": reason,
            "message": message,
            "started_at": self._started_at,
            "ended_at": time.time(),
            "stop_requested": self._requested,
            "receipt": self._receipt(),
            "usage": None,
            "streams": {},
        }

    def _receipt(self) -> Receipt | None:
        if self._ended_for is None:
            return None
        return {
            "by": "process group",
            "term_at": self._term_at,
            "kill_at": self._kill_at or None,
            "verified_empty": True,
            "processes_killed": int(self._kill_at > 0),
        }


def _start(work: Workload, folder: Path) -> "subprocess.Popen[bytes]":
    folder.mkdir(parents=True, exist_ok=True)
    command = ["/bin/sh", "-c", work.command]
    if work.command.startswith("#!"):
        script = folder / "script"
        script.write_text(work.command)
        script.chmod(0o700)
        command = [str(script)]
    names = {"PROGRESS": "progress", "RESULT": "result.json", "ARTIFACTS": ""}
    ours = {f"JOBDECK_{name}": str(folder / file) for name, file in names.items()}
    with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
        try:
            return subprocess.Popen(
                command,
                cwd=work.working_directory or folder,
                env={"PATH": os.defpath, **work.environment, **ours},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        except OSError as error:
            missing = work.command.partition("\n")[0].removeprefix("#!")
            raise Refused("start_failed", f"{missing} cannot be started: {error.strerror}.") from error

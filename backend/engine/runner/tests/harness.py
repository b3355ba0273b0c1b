"""A real runner in a process of its own, and what tests ask of it."""

import contextlib
import itertools
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from engine.runner import limits, processes
from engine.runner.client import RunnerClient
from engine.runner.clock import boottime
from engine.runner.mark import home_tag
from engine.runner.protocol import Record, Spec
from engine.runner.spool import Entry
from jobs.attempts import AttemptRef, Exit

PACKAGE = Path(__file__).parents[1]
BACKEND = PACKAGE.parents[1]
NOBODY = 65534
PATIENCE = 180.0
"""How long a test waits for what must come; only a failing test waits that long."""

_ids = itertools.count(random.randrange(1, 1 << 40))


@cache
def ways() -> list[str]:
    """How runners can hold jobs together on this machine: all of them are tested."""
    found = ["mark"]
    if usable := limits.detect(f"jobdeck-test-{os.getpid()}"):
        usable.remove()
        found.insert(0, "cgroup")
    if os.getuid() == 0 and _interpreter_for_nobody():
        found.append("unprivileged")
    return found


_CAN_RUN_ITSELF = """
import subprocess, sys
sys.exit(sys.version_info < (3, 11) or subprocess.run([sys.executable, "-c", ""]).returncode)
"""


@cache
def _interpreter_for_nobody() -> str | None:
    """A checkout's own interpreter may lie where other users cannot go."""
    for interpreter in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        check = [*_as_nobody(), interpreter, "-c", _CAN_RUN_ITSELF]
        if subprocess.run(check, check=False, stderr=subprocess.DEVNULL).returncode == 0:
            return interpreter
    return None


def _as_nobody() -> list[str]:
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


class Runner:
    """Use as a context: in the end it is stopped, and nothing of it may be left."""

    def __init__(
        self,
        way: str,
        *,
        spool: Path | None = None,
        log_cap: int | None = None,
        started_by: Sequence[str] = (),
    ) -> None:
        """`started_by` is a command that becomes the one that it is given."""
        self.way = way
        self._started_by = list(started_by)
        self.home = Path(tempfile.mkdtemp(prefix="jobdeck-runner-"))
        self.spool = spool or self.home / "spool"
        self.socket = self.home / "runner.sock"
        self.client: RunnerClient
        self.process: subprocess.Popen[bytes]
        self._log_cap = log_cap

    def __enter__(self) -> "Runner":
        if self.way == "unprivileged":
            copy_code(self.home / "code")
            for path in (self.home, *self.home.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        try:
            self.start()
        except BaseException:
            shutil.rmtree(self.home)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        try:
            if self.process.poll() is not None:
                # A killed one may leave something; the next would sweep it up, so let it.
                self.start()
            assert self.stop() == 0
            assert not self.cgroups(), "cgroups are left"
        finally:
            if self.process.poll() is None:
                self.kill()
            shutil.rmtree(self.home)

    def start(self, environment: dict[str, str] | None = None, *, log: Path | None = None) -> None:
        self.launch(environment, log=log)
        self.await_true(self._connects, "the runner listens")

    def launch(self, environment: dict[str, str] | None = None, *, log: Path | None = None) -> None:
        """Start the process without waiting for it."""
        command = [sys.executable, "-m", "engine.runner"]
        folder = BACKEND
        if self.way == "unprivileged":
            command = [*_as_nobody(), str(_interpreter_for_nobody()), "-m", "engine.runner"]
            folder = self.home / "code"
        command += ["--home", str(self.home), "--socket", str(self.socket), "--spool", str(self.spool)]
        if self._log_cap:
            command += ["--log-cap", str(self._log_cap)]
        if self.way != "cgroup":
            command += ["--no-cgroup"]
        variables = {**os.environ, "SECRET": "not for jobs", **(environment or {})}
        with (log or Path(os.devnull)).open("wb") as stderr:
            self.process = subprocess.Popen(
                [*self._started_by, *command],
                cwd=folder,
                env=variables,
                stderr=stderr,
                start_new_session=True,
            )

    def connect(self, agent: str = "test") -> RunnerClient:
        return RunnerClient(self.socket, agent=agent, timeout=PATIENCE)

    def _connects(self) -> bool:
        assert self.process.poll() is None, f"The runner ended with {self.process.returncode}."
        with contextlib.suppress(Exception):
            self.client = self.connect()
            return True
        return False

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def run(self, command: str, **fields: Any) -> Spec:
        spec = make_spec(command, **fields)
        self.submit(spec)
        return spec

    def submit(self, spec: Spec) -> None:
        """Raises RefusedError."""
        for refused in self.client.start_many([spec]).values():
            raise refused

    def forget(self, spec: Spec) -> None:
        """Raises RefusedError."""
        for refused in self.client.forget_many({spec.attempt_id: spec.lease}).values():
            raise refused

    def record(self, spec: Spec) -> Record | None:
        found = [r for r in self.client.attempts() if r["attempt_id"] == spec.attempt_id]
        return found[0] if found else None

    def exit(self, spec: Spec) -> Exit:
        """Wait for the end, and return its record."""
        until = time.monotonic() + PATIENCE
        while True:
            record = self.record(spec)
            assert record is not None, "The attempt is not known."
            if record["exit"] is not None:
                return record["exit"]
            assert time.monotonic() < until, f"It has not ended: {record}"
            select.select([self.client], [], [], 0.5)
            self.client.events()

    def ended(self, command: str, **fields: Any) -> tuple[Spec, Exit]:
        spec = self.run(command, **fields)
        return spec, self.exit(spec)

    def file(self, spec: Spec, name: str) -> Path:
        """One of the runner's records; "" is the folder of all."""
        return Entry(self.spool, spec.attempt_id).records / name

    def work(self, spec: Spec, name: str = "") -> Path:
        """A file of the job's, in the folder in which it runs."""
        return Entry(self.spool, spec.attempt_id).work / name

    def output(self, spec: Spec, stream: str = "stdout") -> str:
        return self.file(spec, stream).read_text(errors="replace")

    def await_output(self, spec: Spec, text: str) -> None:
        self.await_true(lambda: text in self.output(spec), f"the output has {text!r}")

    def await_true(self, condition: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < until, f"Waited in vain until {what}."
            time.sleep(0.02)

    def cgroups(self) -> list[Path]:
        name = f"jobdeck-{home_tag(self.home)}"
        # Not by rglob, which fails where another test's groups vanish under it.
        return [Path(path) / name for path, folders, _ in os.walk("/sys/fs/cgroup") if name in folders]

    def write(self, spec: Spec, name: str, record: object) -> None:
        """Change a record in the spool, as no runner would."""
        self.file(spec, name).write_text(json.dumps(record))


def copy_code(folder: Path) -> None:
    """All that the runner consists of, to be run from there."""
    shutil.copytree(PACKAGE, folder / "engine/runner", ignore=shutil.ignore_patterns("tests"))
    (folder / "jobs").mkdir()
    for module in ("attempts.py", "failpoints.py"):
        shutil.copy(BACKEND / "jobs" / module, folder / "jobs" / module)


def make_spec(command: str, **fields: Any) -> Spec:
    number = next(_ids)
    ref = AttemptRef(job_id=number, attempt_id=number, number=1, lease=uuid.uuid4())
    values = {"ref": ref, "deadline": boottime() + 900, "grace": 5.0}
    return Spec(command=command, **{**values, **fields})


def lasting() -> tuple[str, str]:
    """A `sleep` that outlives every test, and the text by which `alive` finds it."""
    token = f"1000.{random.randrange(10**11, 10**12)}"
    return f"sleep {token}", token


def alive(token: str) -> list[int]:
    """Live processes that have the token in their command line."""
    return [process.pid for process in processes.everyone() if token in _command_line(process.pid)]


def _command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    return ""


def running(way: str, **options: Any) -> Iterator[Runner]:
    with Runner(way, **options) as runner:
        yield runner

"""A machine for tests: a home of its own, a real runner and a real agent in it, on the tests' database."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psutil
import psycopg
from django.db import connection

from config.paths import Home
from engine.runner.client import RunnerClient, RunnerGoneError
from engine.runner.spool import Entry
from jobs import transitions
from jobs.logs import Stream
from jobs.models import Attempt, Job, LogChunk
from jobs.states import ENDED

BACKEND = Path(__file__).resolve().parents[2]
AGENT = (sys.executable, "manage.py", "worker")
RUNNER = (sys.executable, "-m", "engine.runner")
PATIENCE = 180.0
"""Seconds that a test waits for what must come; only a failing test waits that long."""


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Look until it is so. Fails with `what` when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


class Machine:
    """Use as a context: in the end everything is stopped, and nothing may be left."""

    def __init__(
        self, *, agent: Sequence[str] = AGENT, runner: Sequence[str] = RUNNER, **environment: str
    ) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="jobdeck-engine-"))
        self.home = Home(self.root / "home")
        self.home.make()
        self.agent: subprocess.Popen[bytes] | None = None
        self.runner: subprocess.Popen[bytes] | None = None
        self.prefix: list[str] = []
        self._agent_command = agent
        self._runner_command = runner
        self._environment = {"JOBDECK_CPUS": "4", "JOBDECK_GRACE_SECONDS": "1", **environment}

    def __enter__(self) -> "Machine":
        try:
            self.start_runner()
            self.start_agent()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- processes ---------------------------------------------------------------------------------

    def start_runner(self) -> None:
        paths = ["--home", str(self.home.root), "--spool", str(self.home.spool)]
        socket = ["--socket", str(self.home.runner_socket)]
        self.runner = self._start("runner", [*self._runner_command, *paths, *socket])

    def start_agent(self, **environment: str) -> None:
        command = [*self._agent_command, "--name", self.root.name]
        self.agent = self._start("agent", command, **environment)

    def kill_agent(self) -> None:
        assert self.agent is not None
        self.agent.kill()
        self.agent.wait()

    def kill_runner(self) -> None:
        assert self.runner is not None
        self.runner.kill()
        self.runner.wait()

    def stop_agent(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to go, and wait until it has; its exit code."""
        assert self.agent is not None
        self.agent.send_signal(number)
        return self.agent.wait(PATIENCE)

    def runner_client(self) -> RunnerClient:
        """A connection to the runner; takes the place of the agent's."""
        return RunnerClient(self.home.runner_socket, agent="test", timeout=PATIENCE)

    def close(self) -> None:
        if self.agent is not None and self.agent.poll() is None:
            self.kill_agent()
        if self.runner is not None:
            if self.runner.poll() is not None:
                # What a killed one left is swept up by the next.
                self.start_runner()
            self.stop_runner()
        for log in self.root.glob("*.log"):
            # pytest shows it where the test fails.
            sys.stderr.write(f"--- {log.name}\n{log.read_text(errors='replace')}")
        left = self.processes()
        shutil.rmtree(self.root)
        assert not left, f"processes are left: {left}"

    def processes(self) -> list[str]:
        """The live processes that have this machine's root in their environment or command line."""
        return [found for process in psutil.process_iter() if (found := self._of_this_machine(process))]

    # --- jobs --------------------------------------------------------------------------------------

    def submit(self, command: str, **fields: Any) -> Job:
        name = fields.pop("name", "test")
        return transitions.submit({"name": name, "command": command, **fields}, owner_id=None)

    def run(self, command: str, **fields: Any) -> Job:
        """Submit and wait for the end."""
        job = self.submit(command, **fields)
        self.wait_for_ends([job])
        job.refresh_from_db()
        return job

    def wait_for_ends(self, jobs: Iterable[Job]) -> None:
        """Until all have ended for good and nothing of them is left in the spool."""
        ids = [job.pk for job in jobs]
        ended = [status.value for status in ENDED]
        wait_for(
            lambda: not Job.objects.filter(pk__in=ids).exclude(status__in=ended).exists(), "the jobs end"
        )
        self.wait_until_at_rest()

    def wait_until_at_rest(self) -> None:
        """Until every end and every log is in the database and the spool is empty."""
        wait_for(lambda: not self.spooled(), "the spool is empty")

    def spooled(self) -> list[int]:
        return [int(path.name) for path in (self.home.spool / "records").iterdir()]

    def exit_record(self, attempt: Attempt) -> Path:
        """Where the runner puts how it ended."""
        return Entry(self.home.spool, attempt.pk).records / "exit.json"

    @contextmanager
    def another_session(self) -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
        """A transaction on a connection of its own, rolled back in the end."""
        with psycopg.connect(database_url()) as session:
            yield session
            session.rollback()

    # --- inside ------------------------------------------------------------------------------------

    def _start(self, name: str, command: list[str], **environment: str) -> "subprocess.Popen[bytes]":
        variables = {
            **os.environ,
            "JOBDECK_HOME": str(self.home.root),
            "DATABASE_URL": database_url(),
            **self._environment,
            **environment,
        }
        with (self.root / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*self.prefix, *command],
                cwd=BACKEND,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop_runner(self) -> None:
        """With what still runs there."""
        assert self.runner is not None
        wait_for(self.runner_listens, "the runner listens")
        for _ in range(2):
            self.runner.send_signal(signal.SIGTERM)
        self.runner.wait(PATIENCE)

    def runner_listens(self) -> bool:
        try:
            self.runner_client().close()
        except RunnerGoneError:
            return False
        return True

    def _of_this_machine(self, process: psutil.Process) -> str:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return ""
            words = [*process.cmdline(), *process.environ().values()]
            return str(process) if any(str(self.root) in word for word in words) else ""
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return ""


def database_url(session_options: str = "") -> str:
    """Where other processes find the tests' database; `session_options` as `-c name=value`."""
    params = connection.get_connection_params()
    given = {key: params[key] for key in ("host", "port") if params.get(key)}
    options = urlencode(given | ({"options": session_options} if session_options else {}), quote_via=quote)
    user, password = quote(params.get("user") or ""), params.get("password")
    login = f"{user}:{quote(password)}" if password else user
    return f"postgresql://{login}@/{quote(params['dbname'])}?{options}"


def log_of(job: Job, stream: Stream = "stdout", number: int | None = None) -> bytes:
    """What is stored of a stream of attempt `number`, or of the newest, without gap or overlap."""
    stored = b""
    for chunk in LogChunk.objects.filter(attempt_id=attempt_of(job, number).pk, stream=stream).order_by(
        "offset"
    ):
        assert chunk.offset == len(stored)
        stored += zlib.decompress(chunk.data)
    return stored


def attempt_of(job: Job, number: int | None = None) -> Attempt:
    found = Attempt.objects.filter(job_id=job.pk).order_by("number")
    attempt = found.filter(number=number).first() if number else found.last()
    assert attempt is not None
    return attempt


def story(job: Job) -> list[tuple[str, str]]:
    """The job's history: statuses and messages, oldest first."""
    return list(job.statuses.order_by("id").values_list("status_type", "message"))

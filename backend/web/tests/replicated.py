"""A primary and streaming replicas of it, from the embedded PostgreSQL's own programs."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from config.paths import Home
from standalone import binaries
from standalone.postgres import EmbeddedPostgres
from standalone.system_user import database_user
from web.tests.web_server import BACKEND

PATIENCE = 180.0
"""Seconds that a test waits for what must come; only a failing test waits that long."""


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Look until it is so. Fails with `what` when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


class Node:
    """One PostgreSQL, primary or replica."""

    def __init__(self, folder: Path, name: str) -> None:
        self.home = Home(folder / name)
        self.home.make()
        self.postgres = EmbeddedPostgres(self.home, durable=False)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.postgres.url

    def prepare(self, *, primary: "Node | None" = None) -> None:
        """Make its cluster: a new one, or a copy of the primary's that follows it."""
        if primary is not None:
            self._copy(primary)
        self.postgres.prepare()
        self._add("pg_hba.conf", "local replication all peer map=jobdeck\n")
        self._add("pg_ident.conf", f'jobdeck "{database_user()[0].name}" postgres\n')
        if primary is not None:
            follows = (
                f"host={primary.postgres.socket_dir} user=postgres application_name={self.home.root.name}"
            )
            self._add(
                "postgresql.conf", f"primary_conninfo = '{follows}'\nwal_retrieve_retry_interval = '100ms'\n"
            )

    def start(self) -> None:
        with (self.home.logs / "postgres.log").open("ab") as log:
            self.process = self.postgres.start(log)
        self.postgres.wait_until_ready(self.process)

    def stop(self) -> None:
        if self.process is not None:
            self.postgres.stop(self.process)

    def kill(self) -> None:
        """All of it at once, as when its machine is gone."""
        assert self.process is not None
        self.signal(signal.SIGKILL)
        self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        """To all of its processes."""
        assert self.process is not None
        first = psutil.Process(self.process.pid)
        for process in [first, *first.children(recursive=True)]:
            process.send_signal(number)

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        url = self.url.replace("jobdeck@", "postgres@", 1)
        with psycopg.connect(url, autocommit=True) as session:
            found = session.execute(statement)
            return list(found.fetchall()) if found.description else []

    def _copy(self, primary: "Node") -> None:
        user, _ = database_user()
        self.postgres.folder.mkdir()
        if user.uid != os.geteuid():
            self.postgres.folder.chmod(0o711)
        source = ["-h", str(primary.postgres.socket_dir), "-U", "postgres", "-D", str(self.postgres.data)]
        command = [
            str(binaries.carried() / "pg_basebackup"),
            *source,
            "-X",
            "fetch",
            "-c",
            "fast",
            "--no-sync",
        ]
        subprocess.run(command, check=True, capture_output=True)
        (self.postgres.data / "standby.signal").touch()
        for path in (self.postgres.data, *self.postgres.data.rglob("*")):
            os.chown(path, user.uid, user.gid)

    def _add(self, name: str, text: str) -> None:
        with (self.postgres.conf / name).open("a") as file:
            file.write(text)


@dataclass
class Replicated:
    """They run, and the primary has Jobdeck's tables and an owner."""

    primary: Node
    replicas: list[Node]

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py; what it prints."""
        home = {"JOBDECK_HOME": str(self.primary.home.root)}
        environment = {**os.environ, **home, "DATABASE_URL": self.primary.url}
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=BACKEND, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout


@contextlib.contextmanager
def replicated(replicas: int) -> Iterator[Replicated]:
    """A primary with so many replicas; all of it is gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="jobdeck-tests-"))
    if os.geteuid() == 0:
        folder.chmod(0o711)  # as root the database runs as a user of its own
    primary = Node(folder, "primary")
    made = Replicated(primary, [Node(folder, f"replica{number}") for number in range(1, replicas + 1)])
    try:
        primary.prepare()
        primary.start()
        made.manage("prepare")
        for node in made.replicas:
            node.prepare(primary=primary)
            node.start()
        yield made
    finally:
        for node in [*made.replicas, primary]:
            node.stop()
        shutil.rmtree(folder)

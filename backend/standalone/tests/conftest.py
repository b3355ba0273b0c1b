"""Folders that the database's user may enter, and processes that end with their test."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.paths import Home
from standalone.postgres import EmbeddedPostgres


@contextmanager
def open_folder() -> Iterator[Path]:
    """An empty folder; pytest's own are closed to the user that runs the database for root."""
    made = Path(tempfile.mkdtemp(prefix="jobdeck-tests-"))
    if os.geteuid() == 0:
        made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


@pytest.fixture
def home(folder: Path) -> Home:
    made = Home(folder / "home")
    made.make()
    return made


class Server:
    """An embedded server that a test starts and stops."""

    def __init__(self, home: Home) -> None:
        self.postgres = EmbeddedPostgres(home, durable=False)
        self._log = home.logs / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "subprocess.Popen[bytes]":
        self.postgres.prepare()
        with self._log.open("ab") as log:
            self.process = self.postgres.start(log)
        self.postgres.wait_until_ready(self.process)
        return self.process

    def stop(self) -> None:
        if self.process is not None:
            self.postgres.stop(self.process)


@pytest.fixture
def server(home: Home) -> Iterator[Server]:
    made = Server(home)
    yield made
    made.stop()


@pytest.fixture
def sleeper() -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Starts processes that do nothing, each in a session of its own."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        code = "import time; time.sleep(60)"
        started.append(subprocess.Popen([sys.executable, "-c", code], start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()

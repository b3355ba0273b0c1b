"""A real PostgreSQL for the tests: one throw-away cluster per session, gone when the session is gone.

With xdist the controller starts it and the workers make a database each in it. Django is configured here, in
`pytest_configure`, because its settings need the cluster's address.
"""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config.database_url import socket_url
from config.paths import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.creation import BaseDatabaseCreation
    from django.db.backends.utils import CursorWrapper
    from pytest_django import DjangoDbBlocker

FOLDER = "JOBDECK_TEST_FOLDER"
throwaway = pytest.StashKey["subprocess.Popen[str]"]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell's background jobs have it ignored, and what the tests start would inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        _start(config)
    folder = Path(os.environ[FOLDER])
    # One home for all: xdist's workers inherit the controller's environment, and pytest-django may read the
    # settings from it before this runs again. What they start must sign sessions with the same secret.
    os.environ["JOBDECK_HOME"] = str(folder / "settings-home")
    os.environ["DATABASE_URL"] = socket_url(Home(folder / "home").postgres_socket_dir)
    for name in ("DATABASE_REPLICA_URLS", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    from django.conf import settings  # noqa: PLC0415  (only now may it read the environment)

    _ = settings.DATABASES


def pytest_sessionstart(session: pytest.Session) -> None:
    process = session.config.stash.get(throwaway, None)
    if process is None:
        return
    assert process.stdout is not None
    said = process.stdout.readline().strip()
    if said != "ready":
        pytest.exit(f"The tests' PostgreSQL did not start. {said}{process.stdout.read()}", returncode=3)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a list finds depends on nothing but the jobs, however busy the machine is."""
    from jobs.queries import budget, candidates, gather, walk  # noqa: PLC0415  (needs the settings)

    monkeypatch.setattr(budget, "SEARCH_MILLISECONDS", 60_000)
    monkeypatch.setattr(walk, "COUNT_MILLISECONDS", 60_000)
    monkeypatch.setattr(candidates, "FEW_MILLISECONDS", 60_000)
    monkeypatch.setattr(gather, "MILLISECONDS", 60_000)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Making a database takes as long as a busy machine needs, whatever a request may take."""
    from django.db.backends.base.creation import BaseDatabaseCreation  # noqa: PLC0415  (needs Django set up)

    BaseDatabaseCreation._nodb_cursor = _patient_cursor  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The cluster is thrown away, so no database in it has to be dropped, which waits for all sessions."""
    return True


@contextmanager
def _patient_cursor(creation: "BaseDatabaseCreation") -> "Iterator[CursorWrapper]":
    with creation.connection._nodb_cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        yield cursor


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> None:
    """With the partitions made, as at every start: an agent that a test kills must not be at that."""
    from jobs import partitions  # noqa: PLC0415  (needs Django set up)

    with django_db_blocker.unblock():
        partitions.ensure()


def pytest_unconfigure(config: pytest.Config) -> None:
    process = config.stash.get(throwaway, None)
    if process is not None:
        process.communicate()


def _start(config: pytest.Config) -> None:
    """Begin to start the cluster; it gets ready while the tests are collected."""
    folder = tempfile.mkdtemp(prefix="jobdeck-tests-")
    if os.geteuid() == 0:
        Path(folder).chmod(0o711)  # as root the database runs as a user of its own
    os.environ[FOLDER] = folder
    config.stash[throwaway] = subprocess.Popen(
        [sys.executable, "-m", "standalone.throwaway", folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent,
        start_new_session=True,
    )

"""PostgreSQL frozen: every answer comes in time and is honest, and all is well again when it goes on."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from config.database_url import socket_url
from config.paths import Home
from web.tests.web_server import BACKEND, WebServer, web_server

AT_ONCE = 60
PATIENCE_SECONDS = 60.0


@dataclass
class Cluster:
    """A PostgreSQL of the test's own, with an owner whose token is in `home`."""

    home: Home
    url: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.home.token.read_text().strip()}"}

    def freeze(self) -> None:
        for process in self._processes():
            process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        for process in self._processes():
            process.send_signal(signal.SIGCONT)

    def _processes(self) -> list[psutil.Process]:
        first = psutil.Process(int((self.home.postgres_data / "postmaster.pid").read_text().split()[0]))
        return [first, *first.children(recursive=True)]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="jobdeck-tests-"))
    if os.geteuid() == 0:
        folder.chmod(0o711)  # as root the database runs as a user of its own
    home = Home(folder / "home")
    server = subprocess.Popen(
        [sys.executable, "-m", "standalone.throwaway", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=BACKEND,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline().strip() == "ready"
        own = Cluster(home, socket_url(home.postgres_socket_dir))
        environment = {**os.environ, "JOBDECK_HOME": str(home.root), "DATABASE_URL": own.url}
        prepare = [sys.executable, "manage.py", "prepare"]
        subprocess.run(prepare, cwd=BACKEND, env=environment, check=True, capture_output=True)
        yield own
        own.go_on()
    finally:
        server.communicate()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    monkeypatch.setenv("JOBDECK_HOME", str(cluster.home.root))
    with web_server(database_url=cluster.url) as running:
        wait_for_200(running, cluster)
        yield running
        cluster.go_on()


def get(server: WebServer, cluster: Cluster, path: str = "/api/jobs/") -> httpx.Response:
    return httpx.get(server.url + path, headers=cluster.headers, timeout=PATIENCE_SECONDS)


def wait_for_200(server: WebServer, cluster: Cluster) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while get(server, cluster).status_code != 200:
        assert time.monotonic() < deadline, server.said
        time.sleep(0.1)


def assert_honest(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["type"] in {
        "urn:jobdeck:problem:no_answer",
        "urn:jobdeck:problem:database_unavailable",
    }


def test_all_that_ask_a_frozen_database_are_answered_and_all_is_well_after(
    server: WebServer, cluster: Cluster
) -> None:
    threads = psutil.Process(server.pid).children()[0].num_threads()
    cluster.freeze()
    with ThreadPoolExecutor(AT_ONCE) as many:
        answers = list(many.map(lambda _: get(server, cluster), range(AT_ONCE)))
        for answer in answers:
            assert_honest(answer)
        # By now it is known: nobody waits any more, and no further thread is spent.
        assert get(server, cluster).json()["type"] == "urn:jobdeck:problem:database_unavailable"
        assert get(server, cluster, "/livez").status_code == 200
        assert get(server, cluster, "/api/nothing.css").status_code == 503
        assert get(server, cluster, "/robots.txt").status_code == 404

        cluster.go_on()
        wait_for_200(server, cluster)
        assert [
            answer.status_code for answer in many.map(lambda _: get(server, cluster), range(AT_ONCE))
        ] == [200] * AT_ONCE
    assert psutil.Process(server.pid).children()[0].num_threads() <= threads + 24


def test_a_change_that_may_still_be_made_is_said_to_be_undecided(server: WebServer, cluster: Cluster) -> None:
    cluster.freeze()
    answer = httpx.post(
        f"{server.url}/api/jobs/", json={"name": "one"}, headers=cluster.headers, timeout=PATIENCE_SECONDS
    )
    assert_honest(answer)
    assert "not decided" in answer.json()["detail"]
    assert "Idempotency-Key" in answer.json()["hint"]

    cluster.go_on()
    wait_for_200(server, cluster)

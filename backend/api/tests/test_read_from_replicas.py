"""Reads go to streaming replicas: real ones, behind a real server."""

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

from web.tests.replicated import Node, Replicated, replicated, wait_for
from web.tests.web_server import WebServer, web_server

EXPORT = "jobs/export/?format=json"
PATHS = (
    *("jobs/", "jobs/{id}/", "jobs/?status=PENDING&name=a", "jobs/stats/", "jobs/{id}/logs/", "jobs/queue/"),
    *("jobs/?q=train", EXPORT),
)
MANY_HOURS = "3600"


@dataclass
class Person:
    """Somebody with a token; nothing of one answer is kept for the next but what a program keeps."""

    server: WebServer
    token: str

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.server.url}/api/{path}"
        return httpx.request(method, url, headers=headers, json=body, timeout=30)

    def submit(self, name: str) -> int:
        answer = self.ask("POST", "jobs/", {"name": name})
        assert answer.status_code == 201, answer.text
        number: int = answer.json()["id"]
        return number

    def sees(self, job_id: int) -> bool:
        status = self.ask("GET", f"jobs/{job_id}/").status_code
        assert status in (200, 404)
        return status == 200


def reads(server: WebServer) -> Counter[str]:
    """How many requests read where, as /metrics tells."""
    text = httpx.get(f"{server.url}/metrics", timeout=30).text
    lines = [line for line in text.splitlines() if line.startswith("jobdeck_read_requests_total{")]
    return Counter({line.split('"')[1]: int(float(line.split()[-1])) for line in lines})


def replica_states(server: WebServer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{server.url}/readyz", timeout=30).json()["replicas"]
    return found


@pytest.fixture(scope="module")
def cluster() -> Iterator[Replicated]:
    with replicated(2) as made:
        yield made


@pytest.fixture
def paused(cluster: Replicated) -> Iterator[list[Node]]:
    """Both replicas, which stand still until the test resumes them or ends."""
    for node in cluster.replicas:
        node.sql("SELECT pg_wal_replay_pause()")
    yield cluster.replicas
    resume(cluster.replicas)


def resume(nodes: list[Node]) -> None:
    for node in nodes:
        node.sql("SELECT pg_wal_replay_resume()")


@pytest.fixture(scope="module")
def lenient(cluster: Replicated) -> Iterator[WebServer]:
    """A server whose replicas may be hours behind: what is shown tells where it was read."""
    with serving(
        cluster, [node.url for node in cluster.replicas], JOBDECK_REPLICA_MAX_LAG=MANY_HOURS
    ) as server:
        yield server


@pytest.fixture(scope="module")
def strict(cluster: Replicated) -> Iterator[WebServer]:
    """A server whose replicas may be as far behind as the default says; the third is none."""
    with serving(cluster, [*(node.url for node in cluster.replicas), cluster.primary.url]) as server:
        yield server


@contextmanager
def serving(cluster: Replicated, urls: list[str], **settings: str) -> Iterator[WebServer]:
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("JOBDECK_HOME", str(cluster.primary.home.root))
            patch.setenv("DATABASE_REPLICA_URLS", ",".join(urls))
            for name, value in settings.items():
                patch.setenv(name, value)
            server = stack.enter_context(web_server(database_url=cluster.primary.url))
        await_usable(server)
        yield server


def await_usable(server: WebServer) -> None:
    wait_for(lambda: all(one["usable"] for one in replica_states(server)[:2]), "both are usable")


def from_replicas(server: WebServer) -> int:
    found = reads(server)
    return found["replica_1"] + found["replica_2"]


@pytest.fixture(scope="module")
def tokens(cluster: Replicated) -> dict[str, str]:
    """Of three people."""
    make = (
        "from accounts.models import User\n"
        "from accounts.roles import Role\n"
        "from accounts.tokens import make_token\n"
        "for name in ('ann', 'bob', 'eve'):\n"
        "    print(name, make_token(User.objects.create_user(name, Role.ADMIN), 'test'))"
    )
    lines = cluster.manage("shell", "-v", "0", "-c", make).splitlines()
    return dict(line.split() for line in lines)


def test_own_writes_are_read_back_and_others_read_from_the_replica(
    lenient: WebServer, paused: list[Node], tokens: dict[str, str]
) -> None:
    ann, bob = (Person(lenient, tokens[name]) for name in ("ann", "bob"))

    job_id = ann.submit("written while the replicas stand still")

    assert ann.sees(job_id)
    assert ann.ask("PATCH", f"jobs/{job_id}/", {"name": "Another"}).json()["name"] == "Another"
    assert ann.ask("GET", f"jobs/{job_id}/").json()["name"] == "Another"
    assert not bob.sees(job_id)
    resume(paused)
    wait_for(lambda: bob.sees(job_id), "the replicas show it")
    before = from_replicas(lenient)
    wait_for(lambda: ann.sees(job_id) and from_replicas(lenient) > before, "ann reads there too")


def test_a_write_through_another_process_is_read_back_by_its_cookie(
    lenient: WebServer, strict: WebServer, paused: list[Node], tokens: dict[str, str]
) -> None:
    ann = Person(lenient, tokens["eve"])

    answer = Person(strict, tokens["eve"]).ask("POST", "jobs/", {"name": "by the other process"})

    job_id = answer.json()["id"]
    (cookie,) = [line for line in answer.headers.get_list("set-cookie") if line.startswith("jobdeck_wrote_")]
    assert "Max-Age=1;" in cookie
    assert "HttpOnly" in cookie
    assert not ann.sees(job_id)
    headers = {"Authorization": f"Bearer {ann.token}", "Cookie": f"jobdeck_wrote_{lenient.port}=1"}
    assert httpx.get(f"{lenient.url}/api/jobs/{job_id}/", headers=headers, timeout=30).status_code == 200


def test_everybody_sees_a_write_within_the_bound_though_the_replicas_stand_still(
    strict: WebServer, paused: list[Node], tokens: dict[str, str]
) -> None:
    ann, bob = (Person(strict, tokens[name]) for name in ("ann", "bob"))

    job_id = ann.submit("written while the replicas stand still")

    wait_for(lambda: bob.sees(job_id), "the replicas are too old to be asked")
    assert [node.sql("SELECT pg_get_wal_replay_pause_state()") for node in paused] == [[("paused",)]] * 2
    wait_for(lambda: not any(one["usable"] for one in replica_states(strict)), "that is known")
    assert replica_states(strict)[0]["message"] == "it is more than 1 s behind"


def test_an_idle_primary_makes_no_replica_late(strict: WebServer, tokens: dict[str, str]) -> None:
    await_usable(strict)
    bob = Person(strict, tokens["bob"])

    def read_there(before: int) -> bool:
        assert bob.ask("GET", "jobs/").status_code == 200
        return from_replicas(strict) > before

    for _ in range(5):
        wait_for(partial(read_there, from_replicas(strict)), "it is read from a replica")


def test_a_database_that_is_no_replica_is_never_read_from(strict: WebServer) -> None:
    wait_for(lambda: replica_states(strict)[2].get("message") == "it is a primary of its own", "that is told")

    assert not replica_states(strict)[2]["usable"]
    assert reads(strict)["replica_3"] == 0


def test_a_revoked_token_is_refused_though_the_replicas_do_not_know(
    cluster: Replicated, lenient: WebServer, paused: list[Node], tokens: dict[str, str]
) -> None:
    eve = Person(lenient, tokens["eve"])
    assert eve.ask("GET", "jobs/").status_code == 200

    revoke = "from accounts.models import ApiToken; ApiToken.objects.filter(user__username='eve').delete()"
    cluster.manage("shell", "-v", "0", "-c", revoke)

    wait_for(lambda: eve.ask("GET", "jobs/").status_code == 401, "the token is refused")


class Readers:
    """Threads that read all kinds of pages until they are stopped; every status that they got."""

    def __init__(self, server: WebServer, token: str, job_id: int) -> None:
        self.statuses: Counter[int] = Counter()
        self.failures: list[str] = []
        self._person = Person(server, token)
        self._paths = [path.format(id=job_id) for path in PATHS]
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(3)]

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        while not self._stop.is_set():
            for path in self._paths:
                answer = self._person.ask("GET", path)
                self.statuses[answer.status_code] += 1
                # A file that was cut off is no JSON.
                whole = answer.text.rstrip().endswith("]") if path == EXPORT else answer.status_code == 200
                if not whole:
                    self.failures.append(f"{path}: {answer.text[-500:]}")


def settle_down(cluster: Replicated) -> None:
    """Wait until the replicas have all that there is, and would have it after a crash as well."""
    cluster.primary.sql("CHECKPOINT")
    ((upto,),) = cluster.primary.sql("SELECT pg_current_wal_lsn()::text")
    for node in cluster.replicas:
        wait_for(partial(has_replayed, node, str(upto)), "it has caught up")
        node.sql("CHECKPOINT")


def has_replayed(node: Node, upto: str) -> bool:
    return node.sql(f"SELECT pg_last_wal_replay_lsn() >= '{upto}'") == [(True,)]


@pytest.fixture(scope="module")
def many_jobs(cluster: Replicated) -> None:
    """So that an export takes several batches."""
    cluster.manage("seed", "--jobs", "4000", "--yes")


@pytest.mark.usefixtures("many_jobs")
@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_no_request_fails_when_a_replica_does_and_it_is_used_again_later(
    cluster: Replicated, lenient: WebServer, tokens: dict[str, str], how: str
) -> None:
    await_usable(lenient)
    job_id = Person(lenient, tokens["ann"]).submit("read by many")
    settle_down(cluster)
    victim = cluster.replicas[1]
    with Readers(lenient, tokens["bob"], job_id) as readers:
        wait_for(lambda: reads(lenient)["replica_2"] > 10, "both replicas are read from")
        if how == "killed":
            victim.kill()
        else:
            victim.signal(signal.SIGSTOP)
        wait_for(lambda: not replica_states(lenient)[1]["usable"], "it is known not to answer")
        elsewhere = reads(lenient)["replica_1"]
        wait_for(lambda: reads(lenient)["replica_1"] > elsewhere + 10, "the other goes on")
        if how == "killed":
            victim.start()
        else:
            victim.signal(signal.SIGCONT)
        before = reads(lenient)["replica_2"]
        wait_for(lambda: reads(lenient)["replica_2"] > before + 10, "it is read from again")
    assert readers.failures == []
    assert set(readers.statuses) == {200}

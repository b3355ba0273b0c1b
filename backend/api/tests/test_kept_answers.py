"""Figures that were made already are given again: only while they are still so, and with Redis or without."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import caches

from api import answers
from config import redis_cache
from config.caches import django_caches
from config.redis_cache import Outage
from config.tests.redis_server import RedisServer, ill_redis, needs_redis, running_redis
from jobs import snapshot, transitions
from jobs.counters import Slice
from jobs.models import Job
from jobs.stats import stats
from jobs.tests import factories
from jobs.tests.rows import clean
from jobs.timeline import Timeline

from .api import Api

PATH = "jobs/stats/?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"


@pytest.fixture(autouse=True)
def still(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the database's states: here only what the test itself does gives it another."""
    clean()
    states = ["state"]
    monkeypatch.setattr(answers, "snapshot", lambda: states[-1])
    monkeypatch.setattr(redis_cache, "outage", Outage())
    caches["answers"].clear()
    yield states
    caches["answers"].clear()
    clean()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One for each time that figures are made."""
    calls: list[object] = []

    def make(line: Timeline, part: Slice) -> dict[str, Any]:
        calls.append((line, part))
        return stats(line, part)

    monkeypatch.setattr("api.views.stats.stats", make)
    return calls


@pytest.fixture
def server(settings: LazySettings) -> Iterator[RedisServer]:
    with running_redis() as server:
        settings.CACHES = django_caches(server.url, "test")
        yield server


def lasting(body: Any) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "as_of"}


def test_what_was_made_is_given_again_and_says_of_when_it_is(api: Api, made: list[object]) -> None:
    factories.pending()
    first, second = api.get(PATH), api.get(PATH)

    assert len(made) == 1
    assert lasting(first.body) == lasting(second.body)
    assert first.body["as_of"] < second.body["as_of"]
    assert first.headers["ETag"] == second.headers["ETag"]
    assert second.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("other", ["&queue=night", "&owner=me", "&bucket=day", "&zone=Europe/Rome"])
def test_who_asks_for_something_else_is_not_given_it(api: Api, made: list[object], other: str) -> None:
    api.get(PATH)
    api.get(PATH + other)

    assert len(made) == 2


def test_what_is_mine_is_not_anothers(api: Api, viewer: Api, made: list[object]) -> None:
    assert api.get(PATH + "&owner=me").status == viewer.get(PATH + "&owner=me").status == 200

    assert len(made) == 2


def test_it_is_made_anew_where_the_state_is_not_known(
    api: Api, made: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "snapshot", lambda: None)
    api.get(PATH), api.get(PATH)

    assert len(made) == 2


def test_what_is_too_long_is_not_kept(api: Api, made: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_BYTES", 10)
    api.get(PATH), api.get(PATH)

    assert len(made) == 2


def test_figures_are_never_those_from_before_a_change(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "snapshot", snapshot.snapshot)
    for number in range(1, 5):
        job = factories.pending()
        for _ in range(2):
            assert api.get(PATH).body["by_status"]["PENDING"] == number

    transitions.cancel(job.pk, by="ann")
    assert api.get(PATH).body["by_status"] | {"PENDING": 3, "CANCELLED": 1} == api.get(PATH).body["by_status"]
    Job.objects.all().delete()
    assert api.get(PATH).body["total"] == 0


@needs_redis
def test_with_redis_other_processes_find_it_there(server: RedisServer, api: Api, made: list[object]) -> None:
    api.get(PATH)
    caches["answers"]._own.clear()  # type: ignore[attr-defined]  # another process has nothing of its own
    api.get(PATH)

    assert len(made) == 1
    with server.client as client:
        (key,) = client.keys()
        assert key.startswith(b"jobdeck:test:")
        assert 0 < client.ttl(key) <= 30


@needs_redis
def test_with_redis_wiped_or_killed_the_answers_are_the_same(
    server: RedisServer, api: Api, made: list[object]
) -> None:
    factories.pending()
    before = lasting(api.get(PATH).body)
    with server.client as client:
        client.flushall()
    assert lasting(api.get(PATH).body) == before
    server.kill()
    for _ in range(3):
        answer = api.get(PATH)
        assert (answer.status, lasting(answer.body)) == (200, before)
    assert len(made) == 3  # at first, wiped, and killed: then the process has it


@pytest.mark.parametrize("answer", [None, b"", b"$5\r\n[1,2]\r\n"])
def test_an_ill_redis_makes_no_answer_wrong(api: Api, settings: LazySettings, answer: bytes | None) -> None:
    """It says nothing, hangs up, or gives for every key what is no answer of ours."""
    factories.pending()
    before = lasting(api.get(PATH).body)
    with ill_redis(answer) as url:
        settings.CACHES = django_caches(url, "test")
        got = api.get(PATH)
        assert (got.status, lasting(got.body)) == (200, before)
        assert api.post("auth/signin/", {"code": "no"}).status == 400

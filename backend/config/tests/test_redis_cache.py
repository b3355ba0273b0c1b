"""What is kept in Redis, and that nobody notices when Redis is away, slow, full, wiped or not ours."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from config import redis_cache
from config.caches import django_caches
from config.redis_cache import Outage, RedisCache

from .redis_server import RedisServer, free_port, ill_redis, needs_redis, running_redis

LONGEST_SECONDS = 30.0  # on a starved machine; without a bound of ours it would be for good


@pytest.fixture(autouse=True)
def outage(monkeypatch: pytest.MonkeyPatch) -> Outage:
    """Nothing is known of Redis yet, and what fails is tried again when the test says so."""
    outage = Outage()
    monkeypatch.setattr(redis_cache, "outage", outage)
    monkeypatch.setattr(redis_cache, "PAUSE_SECONDS", 3600.0)
    return outage


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


def cache_at(url: str) -> RedisCache:
    """That of a process which has nothing in its own memory."""
    params = dict(django_caches(url, "test")["default"])
    cache = RedisCache(params.pop("LOCATION"), params)
    cache._own.clear()
    return cache


def pause_is_over(outage: Outage) -> None:
    outage._try_at = 0.0


@needs_redis
def test_what_one_process_keeps_another_finds(server: RedisServer) -> None:
    one, other = cache_at(server.url), cache_at(server.url)

    one.set("tries", [1.5, 2.5])
    one.set_many({"a": {"b": None}, "n": 7})

    assert other.get("tries") == [1.5, 2.5]
    assert other.get_many(["a", "n", "none"]) == {"a": {"b": None}, "n": 7}
    assert other.incr("n", 2) == 9
    assert not other.add("n", 1)
    assert other.touch("n", 50)
    assert other.delete("n")
    assert not one.has_key("n")


@needs_redis
def test_every_key_is_ours_by_name_ends_by_itself_and_is_no_pickle(server: RedisServer) -> None:
    cache = cache_at(server.url)
    cache.set("tries", ["x"])
    cache.set_many({"a": 1, "b": "two"})
    cache.add("c", 1.5)

    with server.client as client:
        keys = list(client.keys())
        assert len(keys) == 4
        assert all(key.startswith(b"jobdeck:") for key in keys)
        assert all(0 < client.ttl(key) <= 300 for key in keys)
        assert client.get("jobdeck:1:tries") == b'["x"]'


@needs_redis
def test_what_others_have_in_the_same_redis_stays(server: RedisServer) -> None:
    with pytest.raises(NotImplementedError):
        cache_at(server.url).clear()


@needs_redis
def test_a_killed_redis_is_done_without_and_used_again_once_it_is_back(
    server: RedisServer, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "config.redis_cache")
    cache = cache_at(server.url)
    cache.set("tries", ["in Redis"])

    server.kill()
    for _ in range(5):
        cache.set("tries", ["here"])
        assert cache.get("tries") == ["here"]
    assert cache.trouble

    server.start()
    pause_is_over(outage)
    assert cache.get("tries", "wiped") == "wiped"
    cache.set("tries", ["anew"])
    assert cache_at(server.url).get("tries") == ["anew"]
    assert not cache.trouble
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


@needs_redis
def test_a_wiped_redis_has_nothing_and_takes_what_comes(server: RedisServer) -> None:
    cache = cache_at(server.url)
    cache.set("tries", 1)
    with server.client as client:
        client.flushall()

    assert cache.get("tries", "none") == "none"
    cache.set("tries", 2)
    assert cache.get("tries") == 2
    assert not cache.trouble


@needs_redis
def test_a_full_redis_is_done_without_though_it_answers(server: RedisServer, outage: Outage) -> None:
    cache = cache_at(server.url)
    cache.set("tries", "before")
    with server.client as client:
        client.config_set("maxmemory", "1")
        client.config_set("maxmemory-policy", "noeviction")

        cache.set("tries", "after")
        assert cache.get("tries") == "after"
        pause_is_over(outage)
        assert cache.get("tries") == "after"
        assert "OutOfMemory" in cache.trouble

        client.config_set("maxmemory", "0")
    pause_is_over(outage)
    cache.set("tries", "in Redis")
    assert cache_at(server.url).get("tries") == "in Redis"


@needs_redis
def test_what_somebody_else_wrote_is_not_read(server: RedisServer) -> None:
    with server.client as client:
        client.set("jobdeck:1:tries", b"\x80\x04not ours")
    cache = cache_at(server.url)

    assert cache.get("tries", "none") == "none"
    assert "did not write" in cache.trouble


Use = Callable[[RedisCache], Any]
USES: dict[str, Use] = {
    "get": lambda cache: cache.get("a", "none"),
    "set": lambda cache: cache.set("a", 1),
    "add": lambda cache: cache.add("a", 1),
    "touch": lambda cache: cache.touch("a"),
    "delete": lambda cache: cache.delete("a"),
    "has_key": lambda cache: cache.has_key("a"),
    "get_many": lambda cache: cache.get_many(["a"]),
    "set_many": lambda cache: cache.set_many({"a": 1}),
    "delete_many": lambda cache: cache.delete_many(["a"]),
    "get_or_set": lambda cache: cache.get_or_set("a", 1),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize(
    "answer", [None, b"", b"-LOADING Redis is loading the dataset in memory\r\n", b"HTTP/1.1 400 Bad\r\n\r\n"]
)
def test_what_is_asked_of_an_ill_redis_is_answered_by_the_process(use: Use, answer: bytes | None) -> None:
    """It says nothing, hangs up, is not ready, or is none."""
    with ill_redis(answer) as url:
        cache = cache_at(url)
        use(cache)
        assert cache.trouble
        cache.set("tries", ["here"])
        assert cache.get("tries") == ["here"]


def test_a_redis_that_is_not_there_is_done_without() -> None:
    cache = cache_at(f"redis://127.0.0.1:{free_port()}/0")

    cache.set("tries", 1)

    assert cache.get("tries") == 1
    assert cache.incr("tries") == 2
    assert "refused" in cache.trouble


def test_while_it_says_nothing_only_one_waits_for_it(outage: Outage) -> None:
    with ill_redis(None) as url:
        cache = cache_at(url)
        began = time.monotonic()
        for _ in range(1000):
            cache.get("tries")
        assert time.monotonic() - began < LONGEST_SECONDS

        pause_is_over(outage)
        attempts: list[int] = []
        gate = threading.Barrier(8)

        def attempt() -> None:
            attempts.append(1)
            cache._attempt()

        def ask() -> None:
            gate.wait()
            outage.is_over(attempt)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(attempts) == 1

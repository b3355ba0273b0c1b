"""REDIS_URL: what it may be, and what becomes of it."""

import pytest

from config.caches import django_caches
from config.env import BadSettings, load_env

GOOD = [
    "redis://cache.example.org",
    "redis://ada:secret@127.0.0.1:6379/2",
    "rediss://cache.example.org:6380/0?ssl_ca_certs=/etc/ca.pem",
    "unix:///run/redis.sock?db=1",
]


@pytest.mark.parametrize("url", GOOD)
def test_it_names_a_redis_by_its_address_or_its_socket(url: str) -> None:
    assert load_env({"REDIS_URL": url}).redis_url == url


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("http://cache:6379", "its scheme is 'http'"),
        ("cache:6379", "its scheme is 'cache'"),
        ("redis:///0", "it does not name a host after the //"),
        ("redis://cache:70000", "its port is not a number from 0 to 65535"),
        ("redis://cache/jobs", "it names the database 'jobs', and Redis has numbers"),
        ("unix://", "it does not name a socket after the //"),
        ("redis://cache?socket_timeout=60", "its option 'socket_timeout' is not one of TLS (ssl_…)"),
    ],
)
def test_anything_else_stops_the_start_and_says_what_to_write(url: str, wrong: str) -> None:
    with pytest.raises(BadSettings) as caught:
        load_env({"REDIS_URL": url})

    assert f"REDIS_URL={url}: {wrong}. Allowed: redis://host:6379/0" in str(caught.value)
    assert "without it, no Redis" in str(caught.value)


def test_its_password_is_in_no_report() -> None:
    with pytest.raises(BadSettings) as caught:
        load_env({"REDIS_URL": "redis://ada:secret@cache/jobs"})

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["", GOOD[0]])
def test_all_that_is_kept_is_kept_for_a_time_and_in_bounds(url: str) -> None:
    for cache in django_caches(url, "1.0").values():
        assert cache["TIMEOUT"] > 0
        assert cache["max_entries"] > 0
        assert cache["KEY_PREFIX"].startswith("jobdeck")
        assert cache["BACKEND"].endswith("RedisCache" if url else "LocMemCache")

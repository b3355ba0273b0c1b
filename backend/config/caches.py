"""REDIS_URL, `redis://user:password@host:port/number`, checked; and Django's CACHES, with it and without."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

SCHEMES = ("redis", "rediss", "unix")
SHAPE = "redis://host:6379/0 (rediss:// with TLS, unix:///path of a socket)"

# Redis may be slow, or be gone without a word. No request waits longer for it, to connect or for an answer.
ANSWER_SECONDS = 0.25

# By what they are for: how many a process keeps in its own memory, and the seconds that each is kept for
# unless its user says otherwise. The default counts tries (accounts.views); answers are large (api.answers).
KEPT = {"default": (10_000, 300), "answers": (200, 30)}


def check(url: str) -> str:
    """The same URL. Raises `ValueError` with a sentence that says what is wrong with it."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ValueError(f"its scheme is {parts.scheme!r}")
    if parts.scheme == "unix":
        if not parts.path.strip("/"):
            raise ValueError("it does not name a socket after the //")
    else:
        _check_address(parts.hostname, parts.path.strip("/"))
        try:
            _ = parts.port
        except ValueError as error:
            raise ValueError("its port is not a number from 0 to 65535") from error
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if name != "db" and not name.startswith("ssl_"):
            raise ValueError(f"its option {name!r} is not one of TLS (ssl_…)")
    return url


def _check_address(host: str | None, number: str) -> None:
    if not host:
        raise ValueError("it does not name a host after the //")
    if number and not (number.isascii() and number.isdigit()):
        raise ValueError(f"it names the database {number!r}, and Redis has numbers")


def django_caches(redis_url: str, version: str) -> dict[str, Any]:
    """Give Django's settings: in Redis, and in each process's memory where there is no URL.

    Keys begin with "jobdeck", those of answers also with the version that made them.
    """
    prefixes = {"default": "jobdeck", "answers": f"jobdeck:{version}"}
    return {name: {"KEY_PREFIX": prefix, **_cache(name, redis_url)} for name, prefix in prefixes.items()}


def _cache(name: str, redis_url: str) -> dict[str, Any]:
    most, seconds = KEPT[name]
    bounds = {"max_entries": most, "TIMEOUT": seconds}
    if not redis_url:
        return {**bounds, "BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    timeouts = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
    options = {**timeouts, "serializer": "config.redis_cache.JSONSerializer"}
    return {
        **bounds,
        "BACKEND": "config.redis_cache.RedisCache",
        "LOCATION": [redis_url],
        "OPTIONS": options,
    }

"""Redis as the cache that processes share; and the process's own memory, while Redis does not answer."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from django.core.cache.backends import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import DataError, RedisError

PAUSE_SECONDS = 2.0

log = logging.getLogger(__name__)


class JSONSerializer:
    """What is kept is JSON: Django would pickle it, and whoever can write to Redis could run code here."""

    def dumps(self, value: Any) -> bytes | int:
        return value if type(value) is int else orjson.dumps(value)

    def loads(self, stored: bytes) -> Any:
        try:
            return orjson.loads(stored)
        except ValueError:
            raise DataError("it holds what Jobdeck did not write") from None


class Outage:
    """
    Whether Redis is asked, by any thread of this process. Once it has failed nobody waits for it in the next
    PAUSE_SECONDS; then one tries.
    """

    def __init__(self) -> None:
        self.trouble = ""
        """Why Redis is not asked; empty while it is."""
        self._lock = threading.Lock()
        self._try_at = 0.0

    def is_over(self, attempt: Callable[[], object]) -> bool:
        """Whether Redis may be asked. `attempt` is made to find that out, when it is time to."""
        if not self.trouble:
            return True
        with self._lock:
            if time.monotonic() < self._try_at:
                return False
            self._try_at = time.monotonic() + PAUSE_SECONDS
        try:
            attempt()
        except (RedisError, OSError) as error:
            self.began(error)
            return False
        if self.trouble:
            log.info("The cache is in Redis again.")
        self.trouble = ""
        return True

    def began(self, error: Exception) -> None:
        """Redis has failed."""
        with self._lock:
            is_new, self.trouble = not self.trouble, f"{type(error).__name__}: {error}"
            self._try_at = time.monotonic() + PAUSE_SECONDS
        if is_new:
            log.warning("Redis does not answer; each process keeps its own cache. %s", self.trouble)


outage = Outage()
"""This process's."""


class RedisCache(redis.RedisCache):
    """
    Django's (BACKEND), whose failures nobody notices but by the time it takes.

    What was kept is not found again when Redis goes, or comes back: nobody may rely on that it is.
    """

    def __init__(self, server: list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        own = {name: value for name, value in params.items() if name != "OPTIONS"}
        self._own = LocMemCache(f"beside Redis {self.key_prefix}", own)

    @property
    def trouble(self) -> str:
        """Why it is not in Redis at present; empty where it is."""
        return outage.trouble

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", key, value, timeout, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout, version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", key, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("delete", key, version))

    def has_key(self, key: str, version: int | None = None) -> bool:
        return bool(self._ask("has_key", key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask("incr", key, delta, version))

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("get_many", list(keys), version)
        return found

    def set_many(
        self, data: Mapping[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[str]:
        self._ask("set_many", data, timeout, version)
        return []

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        self._ask("delete_many", list(keys), version)

    def clear(self) -> None:
        """Refused: Django's empties all of the database, and others may have theirs in it."""
        raise NotImplementedError("Redis may hold what is not ours.")

    def _ask(self, name: str, *arguments: Any) -> Any:
        if outage.is_over(self._attempt):
            try:
                return getattr(super(), name)(*arguments)
            except (RedisError, OSError) as error:
                outage.began(error)
        return getattr(self._own, name)(*arguments)

    def _attempt(self) -> None:
        """Write: a Redis that is full, or a copy of another, answers but keeps nothing."""
        super().set("tried", 1)

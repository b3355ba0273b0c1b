"""
What was found out moments ago about who asks: by token, by session, by person.

Nearly every request asks again what the last one did. What is kept is dropped when the database says that a
token, a session or a person has changed (`migrations/0002`), whoever changed it; while nobody listens for
that, nothing is kept. Should a notification be lost on the way, it is asked anew after KEPT_SECONDS.
"""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

CHANGED = "jobdeck_accounts"  # without a payload
KEPT_SECONDS = 5.0
MOST = 10_000


class Known:
    """The process's; for any thread. What is handed out is shared: nobody changes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, Any]] = {}
        self._is_trusted = False
        self._drops = 0

    def get(self, key: Hashable, find: Callable[[], T | None]) -> T | None:
        """Give what is known by a key, or else what `find` finds. That there is nothing is never kept."""
        until, kept = self._kept.get(key, (0.0, None))
        if until > time.monotonic():
            found: T = kept
            return found
        drops = self._drops
        new = find()
        with self._lock:
            # What was dropped while it was being read may be what has changed since.
            if new is not None and self._is_trusted and drops == self._drops:
                self._keep(key, new)
        return new

    def drop(self) -> None:
        """Something has changed: forget everything."""
        with self._lock:
            self._drops += 1
            self._kept.clear()

    def trust(self) -> None:
        """From now on, whatever changes is told by `drop`."""
        self.drop()
        self._is_trusted = True

    def distrust(self) -> None:
        """Nobody tells what changes any more."""
        self._is_trusted = False
        self.drop()

    def _keep(self, key: Hashable, found: object) -> None:
        self._kept.pop(key, None)
        if len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]  # the one that was kept first
        self._kept[key] = (time.monotonic() + KEPT_SECONDS, found)


known = Known()

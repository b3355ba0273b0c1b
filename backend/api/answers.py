"""Answers that are dear to make and the same for many, kept under all that they depend on.

So whatever is found is what would be made now, however long ago it was made: nobody has to forget it, and it
may be lost. Where there is Redis, all processes share them.
"""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.cache import caches
from django.http import HttpResponse

from jobs.snapshot import snapshot

from .renderers import to_json

CACHE = "answers"
MOST_BYTES = 128 * 1024
"""What is longer is not kept, so that memory has a bound."""


def kept(asked: Hashable, make: Callable[[], Mapping[str, Any]]) -> HttpResponse:
    """What `make` gives, as JSON: made now, or when the database was as it is now.

    :param asked: all that it depends on besides the database, and that its `repr` tells: where answers differ
        by who asks, that too.
    """
    now = datetime.now(UTC)
    key = _key(asked, snapshot())
    rest = _find(key) if key else None
    if rest is None:
        rest = to_json({name: value for name, value in make().items() if name != "as_of"})
        if key and len(rest) <= MOST_BYTES:
            caches[CACHE].set(key, rest.decode())
    return HttpResponse(b'{"as_of":%b,%b' % (to_json(now), rest[1:]), content_type="application/json")


def _key(asked: Hashable, state: str | None) -> str | None:
    """None where the state is not known."""
    if state is None:
        return None
    return hashlib.blake2b(f"{state} {asked!r}".encode(), digest_size=16).hexdigest()


def _find(key: str) -> bytes | None:
    found = caches[CACHE].get(key)
    return found.encode() if isinstance(found, str) else None

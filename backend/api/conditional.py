"""ETag and If-None-Match: who has the present answer already is told so, by a 304 without a body.

The tag of an answer is a digest of its body without what goes on by itself (`_BY_ITSELF`). So that nobody has
to make an answer to find that it is the same, tags are kept beside the state of the database in which they
were found: while that is the same, nothing that was committed can have changed the answer. What time alone
changes, such as what a job waits for, is looked at again after `SECONDS`.
"""

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from jobs.snapshot import snapshot

from .etags import tags_in
from .renderers import to_json

HEADER = "If-None-Match"
SECONDS = 1.0
MOST_KEPT = 4096

# How long a running job has been at it, and when a figure was found. Within text a quote is `\"`, so these
# are names of fields; a job's own result may have such names too, but never changes without its version.
_BY_ITSELF = (b'"execution_time":', b'"as_of":')
_VALUE = re.compile(rb"[^,}\]]*")

V = TypeVar("V", bound=APIView)
P = ParamSpec("P")
Place = tuple[int, str, str]


def conditional(
    get: Callable[Concatenate[V, Request, P], HttpResponseBase],
) -> Callable[Concatenate[V, Request, P], HttpResponseBase]:
    """Give what a view's `get` answers an ETag, and answer 304 to who names that in If-None-Match."""

    @wraps(get)
    def answer(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        known = tags_in(request.headers.get(HEADER, ""))
        if not known:
            return _tagged(get(view, request, *args, **kwargs))
        place, now, state = _place(request), time.monotonic(), snapshot()
        tag = _kept.find(place, state, now)
        if tag is not None and tag in known:
            return _not_modified(tag)
        response = _tagged(get(view, request, *args, **kwargs))
        tag = response["ETag"]
        _kept.note(place, _Found(state, tag, now))
        return _not_modified(tag) if tag in known or "*" in known else response

    return answer


@dataclass(frozen=True, slots=True)
class _Found:
    """The tag of an answer, made after the database was in this state (`since` by time.monotonic())."""

    state: str | None
    tag: str
    since: float


class _Kept:
    """The tags of the answers that were asked for last. For any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[Place, _Found] = OrderedDict()

    def find(self, place: Place, state: str | None, now: float) -> str | None:
        """The tag that the answer has still; None where that is not known."""
        found = self._found.get(place)
        if found is None or state is None or found.state != state or now - found.since > SECONDS:
            return None
        return found.tag

    def note(self, place: Place, found: _Found) -> None:
        with self._lock:
            self._found[place] = found
            self._found.move_to_end(place)
            if len(self._found) > MOST_KEPT:
                self._found.popitem(last=False)


_kept = _Kept()


def _place(request: Request) -> Place:
    """What an answer depends on, besides the database: who asks, and for what."""
    assert isinstance(request.user, User)  # noqa: S101  (the permission has seen to it)
    return request.user.pk, request.user.role, request.get_full_path()


def _tagged(made: HttpResponseBase) -> HttpResponse:
    """The answer with its tag; one that a view gave goes before the digest."""
    body = to_json(made.data) if isinstance(made, Response) else made.content  # type: ignore[attr-defined]
    response = HttpResponse(body, content_type="application/json", headers=_headers_of(made))
    digest = hashlib.blake2b(_lasting(body), digest_size=8).hexdigest()
    given = made.headers.get("ETag")
    response["ETag"] = f'{given[:-1]}-{digest}"' if given else f'W/"{digest}"'
    return _finished(response)


def _headers_of(made: HttpResponseBase) -> dict[str, str]:
    return {name: value for name, value in made.headers.items() if name != "Content-Type"}


def _not_modified(tag: str) -> HttpResponse:
    response = HttpResponse(status=304, headers={"ETag": tag})
    del response["Content-Type"]  # there is no body that it could be of
    return _finished(response)


def _finished(response: HttpResponse) -> HttpResponse:
    """Whoever keeps it asks each time whether it is still so, and keeps it for one person."""
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Accept", "Authorization", "Cookie"])
    return response


def _lasting(body: bytes) -> bytes:
    for name in _BY_ITSELF:
        first, *others = body.split(name)
        if others:
            body = first + b"".join(_VALUE.sub(b"", part, count=1) for part in others)
    return body

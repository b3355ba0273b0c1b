"""Safe requests read from a replica; who has just written something reads what shows it.

Within a process that is known exactly, by person. Elsewhere a cookie says it for as long as a replica may be
behind: past that, every replica that is used shows what was written.
"""

import math
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from jobs.errors import TooSlow
from jobs.reading import ReadPlace
from jobs.replicas import replicas

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ReplicaMiddleware:
    """The innermost: it may have a request answered twice, by a replica and then by the primary."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.replicas = replicas()
        if not settings.DATABASE_ROUTERS:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        return self._read(request) if request.method in SAFE_METHODS else self._write(request)

    def _read(self, request: HttpRequest) -> HttpResponseBase:
        place = ReadPlace(lambda: self.replicas.choose(_since(request)), self.replicas.distrust)
        with place.entered():
            response = self.get_response(request)
        if place.is_replica and _is_the_databases_fault(response):
            place.leave()
            return self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and place.is_replica:
            response.streaming_content = place.around(response.streaming_content)  # type: ignore[arg-type]
        return response

    def _write(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        self.replicas.wrote(_user_id(request))
        response.set_cookie(
            settings.WROTE_COOKIE_NAME,
            "1",
            max_age=math.ceil(self.replicas.max_lag),
            path=settings.SESSION_COOKIE_PATH,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
        return response


def _since(request: HttpRequest) -> float:
    """Everything that was committed before this moment has to be seen."""
    if settings.WROTE_COOKIE_NAME in request.COOKIES:
        return math.inf
    browser = "Authorization" not in request.headers
    return replicas().since(_user_id(request), browser=browser)


def _user_id(request: HttpRequest) -> int | None:
    """Who it is, once the view has found it out; None for nobody."""
    user_id: int | None = request.user.pk
    return user_id


def _is_the_databases_fault(response: HttpResponseBase) -> bool:
    """A query that is too slow would be so again."""
    return response.status_code >= 500 and getattr(response, "problem", None) != TooSlow.code

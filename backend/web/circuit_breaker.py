"""While the database is away: an honest answer at once, instead of all threads waiting for a connection."""

import threading
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from api.problems import problem_response
from jobs.errors import DatabaseUnavailable

# Everything else is served without the database, or tells of it.
NEEDS_DATABASE = "/api/"


class CircuitBreakerMiddleware:
    """
    Lets one request at a time try while the last one found no database, and answers 503 to the others.

    Waiting for a connection takes seconds; a handful of such waits would hold every thread there is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._away = False
        self._trying = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(NEEDS_DATABASE):
            return self.get_response(request)
        if not self._away:
            return self._try(request)
        if not self._trying.acquire(blocking=False):
            return problem_response(DatabaseUnavailable(), request)
        try:
            return self._try(request)
        finally:
            self._trying.release()

    def _try(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        self._away = getattr(response, "problem", None) == DatabaseUnavailable.code
        return response

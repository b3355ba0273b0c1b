"""While the database is away or frozen: an honest answer at once, instead of all threads waiting for it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from api.problems import problem_response
from jobs.errors import DatabaseUnavailable

# Everything else is served without the database, or tells of it.
NEEDS_DATABASE = "/api/"


class CircuitBreaker:
    """
    Closed, it lets all requests in. It opens when the database is found away, or answers nobody; then it lets
    one request in to try, and the next only when that one is through. The first good answer closes it.

    Waiting for the database takes seconds, or as long as it is frozen: a handful of requests would hold every
    thread there is. May be used from any thread; times are of time.monotonic().
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = False
        self._inside = 0
        self._answered_at = 0.0

    def admits(self) -> bool:
        """Whether a request that comes now would be let in."""
        return not self._open or self._inside == 0

    @contextmanager
    def passage(self) -> Iterator[bool]:
        """Count a request in and out; gives whether it is let in."""
        with self._lock:
            admitted = self.admits()
            self._inside += admitted
        try:
            yield admitted
        finally:
            with self._lock:
                self._inside -= admitted

    def note_answer(self, *, away: bool) -> None:
        """Take note of an answer: with `away` the database was found to be away."""
        self._open = away
        if not away:
            self._answered_at = time.monotonic()

    def note_silence(self, since: float) -> None:
        """Take note that a request has waited in vain since then. If all others have too, open."""
        if self._answered_at < since:
            self._open = True


breaker = CircuitBreaker()
"""The process's own: what the threads find out, the gateway knows before it gives a request a thread."""


class CircuitBreakerMiddleware:
    """Lets requests that need the database through the process's circuit breaker, or answers 503."""

    breaker = breaker

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(NEEDS_DATABASE):
            return self.get_response(request)
        with self.breaker.passage() as admitted:
            if not admitted:
                return problem_response(DatabaseUnavailable(), request)
            response = self.get_response(request)
            self.breaker.note_answer(away=getattr(response, "problem", None) == DatabaseUnavailable.code)
            return response

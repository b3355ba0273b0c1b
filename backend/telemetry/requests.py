"""Gives every request an id, and writes one line about each when it is answered."""

import re
import secrets
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from telemetry.metrics import count_request

HEADER = "X-Request-ID"
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Asked every few seconds by machines: only their failures are worth a line.
QUIET = frozenset({"/livez", "/readyz", "/metrics"})

log = structlog.get_logger("jobdeck.request")


class RequestLogMiddleware:
    """The outermost middleware: whatever the others answer gets its id, its line and its count."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = request_id_of(request.headers.get(HEADER, ""))
        request.request_id = request_id  # type: ignore[attr-defined]  # api.problems reads it
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        response[HEADER] = request_id
        count_request(request, response.status_code, seconds)
        if not (request.path_info in QUIET and response.status_code < 400):
            write_line(request.method or "", request.path, response.status_code, seconds)
        return response


def request_id_of(given: str) -> str:
    """Give the id that the caller sent if it is a sane one, and a new one otherwise."""
    return given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)


def write_line(method: str, path: str, status: int, seconds: float, **more: str) -> None:
    """Write the line that tells of an answered request.

    `path` comes without its query: a search may hold what is nobody else's business.
    """
    # A probe that says "not ready" has done its work; it alarms nobody.
    write = log.error if status >= 500 and not path.endswith(tuple(QUIET)) else log.info
    write("request", method=method, path=path, status=status, ms=round(seconds * 1000, 1), **more)

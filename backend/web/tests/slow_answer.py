"""The real edge around a WSGI application on one thread, which answers once a file is there."""

import config.wsgi  # noqa: F401  isort: skip  (sets Django up for the others)

import os
import time
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from web import wsgi_pool
from web.circuit_breaker import CircuitBreaker
from web.gateway import Gateway
from web.tests.long_answer import Nothing, no_live
from web.wsgi_pool import WSGIPool

wsgi_pool.FIRST_BYTE_SECONDS = 1.5


def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Wait for the file beside the one that NOTES names, then note what was done, and answer."""
    notes = Path(os.environ["NOTES"])
    while not notes.with_suffix(".go").exists():
        time.sleep(0.02)
    with notes.open("a") as opened:
        opened.write(f"did {environ['PATH_INFO']}\n")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]


class NeverOpen(CircuitBreaker):
    """For the pool alone: lets everybody in."""

    def admits(self) -> bool:
        return True


pool = WSGIPool(slow, workers=1)
application = Gateway("", 1000, pool, pool, pool, NeverOpen(), no_live, Nothing())

"""The real edge around a WSGI application that answers without end, to see when it is stopped."""

import config.wsgi  # noqa: F401  isort: skip  (sets Django up for the others)

import os
from collections.abc import Iterator
from pathlib import Path

from a2wsgi.wsgi_typing import Environ, StartResponse

from web import wsgi_pool as bridge
from web.circuit_breaker import CircuitBreaker
from web.gateway import Gateway
from web.wsgi_pool import WSGIPool

PIECE = b"x" * 65536
bridge.WRITE_SECONDS = 1


def endless(environ: Environ, start_response: StartResponse) -> Iterator[bytes]:
    """Write until stopped; the file that NOTES names tells how it ended."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    try:
        for _ in range(1_000_000):
            yield PIECE
    finally:
        with Path(os.environ["NOTES"]).open("a") as notes:
            notes.write(f"stopped {environ['QUERY_STRING']}\n")


class Nothing:
    def start(self) -> None: ...

    async def stop(self) -> None: ...


async def no_live(scope: object, receive: object, send: object) -> None: ...


pool = WSGIPool(endless, workers=1)
application = Gateway("", 1000, pool, pool, pool, CircuitBreaker(), no_live, Nothing())

"""The real edge around a WSGI application that answers without end, to see when it is stopped."""

import config.wsgi  # noqa: F401  isort: skip  (sets Django up for the others)

import os
from collections.abc import Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from web import stream
from web.circuit_breaker import CircuitBreaker
from web.gateway import Gateway
from web.wsgi_pool import WSGIPool

PIECE = b"x" * 65536
stream.WRITE_SECONDS = 1


def endless(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    """Write until stopped; the file that NOTES names tells after how many pieces."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    made = 0
    try:
        while made < 1_000_000:
            made += 1
            yield PIECE
    finally:
        with Path(os.environ["NOTES"]).open("a") as notes:
            notes.write(f"stopped {environ['QUERY_STRING']} {made}\n")


class Nothing:
    def start(self) -> None: ...

    async def stop(self) -> None: ...


async def no_live(request: object, protocol: object) -> None: ...


pool = WSGIPool(endless, workers=1)
application = Gateway("", 1000, pool, pool, pool, CircuitBreaker(), no_live, Nothing())

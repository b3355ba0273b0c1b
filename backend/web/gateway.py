"""
The first thing that a request meets: an RSGI application (granian's interface) around all others.

Takes off the prefix, answers /livez, takes in bodies, keeps the number of waiting requests within bounds and
sends each on: WebSockets to the live consumer, the rest to Django on one of three pools of threads. Pages and
files have one of their own, because they need no database, and long downloads, because they take long.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from granian.rsgi import HTTPProtocol, Scope, WebsocketProtocol

from api.problems import CONTENT_TYPE, problem_body, problem_headers
from jobs.errors import (
    AddressTooLong,
    Busy,
    DatabaseUnavailable,
    Invalid,
    MethodNotAllowed,
    NoAnswer,
    NotFound,
    Problem,
)
from telemetry.requests import HEADER, request_id_of, write_line
from web.body import take_body
from web.circuit_breaker import NEEDS_DATABASE, CircuitBreaker
from web.request import Request
from web.stream import ReaderLeft
from web.wsgi_pool import WSGIPool

LONGEST_ADDRESS = 16 * 1024
# Per process, running and waiting for a thread. Past this an honest 503 at once is better than a late answer.
MOST_REQUESTS = 512
# The addresses whose answers can be of any length, and those whose plain-text ones can.
STREAMS = ("/api/jobs/export/",)
TEXT_STREAMS = re.compile(r"^/api/jobs/\d+/logs/$")
# The addresses whose bodies hold many things.
BULK = ("/api/jobs/bulk/",)
# The addresses that may ask the database. What is behind all others is in files.
ASKS_DATABASE = (NEEDS_DATABASE, "/readyz", "/metrics")
PROBE_METHODS = ("GET", "HEAD")


WebSocketApp = Callable[[Request, WebsocketProtocol], Awaitable[None]]


class Background(Protocol):
    """What runs beside the requests, from the server's start to its stop."""

    def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(slots=True)
class Gateway:
    """Routes requests; `most_body` is the largest body in bytes, `most_bulk` that of many things at once."""

    prefix: str
    most_body: int
    api: WSGIPool
    streams: WSGIPool
    pages: WSGIPool
    breaker: CircuitBreaker
    live: WebSocketApp
    background: Background
    most_bulk: int = 8 * 1024 * 1024
    requests: int = 0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        async def start() -> None:
            self.background.start()

        loop.run_until_complete(start())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_until_complete(self.background.stop())

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol | WebsocketProtocol) -> None:
        request = Request.of(scope)
        if isinstance(proto, WebsocketProtocol):
            await self._websocket(request.below(self.prefix), proto)
        else:
            await self._http(request, proto)

    async def _websocket(self, request: Request | None, proto: WebsocketProtocol) -> None:
        if request is None:
            proto.close(403)
        else:
            await self.live(request, proto)

    async def _http(self, request: Request, proto: HTTPProtocol) -> None:
        started = time.perf_counter()
        inner = request.below(self.prefix)
        self.requests += 1
        try:
            if request.path in ("/livez", f"{self.prefix}/livez"):
                _answer_alive(request, proto)
            elif inner is None:
                self._outside(request, proto)
            else:
                await self._inside(inner, proto)
        except Problem as problem:
            _answer_problem(request, proto, problem, started)
        except ReaderLeft:
            # Who has gone reads no answer, but whose chunks make no sense is still there.
            _answer_problem(request, proto, Invalid("The body is not whole."), started)
        finally:
            self.requests -= 1

    async def _inside(self, request: Request, proto: HTTPProtocol) -> None:
        if self.requests > MOST_REQUESTS:
            raise Busy("Too many requests are waiting.", retry_after=1)
        if len(request.path) + len(request.query) > LONGEST_ADDRESS:
            raise AddressTooLong
        if not request.is_plain:
            raise Invalid("A header holds something else than ASCII.")
        most = self.most_bulk if request.path in BULK else self.most_body
        body = await take_body(request.headers, proto, most)
        if request.path.startswith(NEEDS_DATABASE) and not self.breaker.admits():
            raise DatabaseUnavailable
        since = time.monotonic()
        try:
            await self._pool_for(request).serve(request, body, proto)
        except NoAnswer:
            self.breaker.note_silence(since)
            raise

    def _pool_for(self, request: Request) -> WSGIPool:
        if not request.path.startswith(ASKS_DATABASE):
            return self.pages
        return self.streams if _is_stream(request) else self.api

    def _outside(self, request: Request, proto: HTTPProtocol) -> None:
        if request.path not in ("/", self.prefix):
            raise NotFound(f"Everything here is below {self.prefix}/.")
        proto.response_empty(307, [("location", f"{self.prefix}/"), ("content-length", "0")])


def _is_stream(request: Request) -> bool:
    if request.path in STREAMS:
        return True
    return TEXT_STREAMS.match(request.path) is not None and "text/plain" in request.headers.get("accept", "")


def _answer_alive(request: Request, proto: HTTPProtocol) -> None:
    if request.method not in PROBE_METHODS:
        raise MethodNotAllowed(headers={"Allow": ", ".join(PROBE_METHODS)})
    _answer(proto, 200, b'{"status":"alive"}', {"Content-Type": "application/json"})


def _answer_problem(request: Request, proto: HTTPProtocol, problem: Problem, started: float) -> None:
    request_id = request_id_of(request.headers.get("x-request-id", ""))
    headers = {"Content-Type": CONTENT_TYPE, HEADER: request_id, **problem_headers(problem)}
    seconds = time.perf_counter() - started
    write_line(request.method, request.path, problem.status, seconds, request_id=request_id)
    _answer(proto, problem.status, problem_body(problem, request_id), headers)


def _answer(proto: HTTPProtocol, status: int, body: bytes, headers: dict[str, str]) -> None:
    lines = [(name.lower(), value) for name, value in headers.items()]
    proto.response_bytes(status, [*lines, ("content-length", str(len(body)))], body)

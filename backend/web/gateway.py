"""
The first thing that a request meets: an ASGI application around all others.

Takes off the prefix, answers /livez, takes in bodies, keeps the number of waiting requests within bounds and
sends each on: WebSockets to the live consumer, the rest to Django on one of three pools of threads. Pages and
files have one of their own, because they need no database, and long downloads, because they take long.
"""

import re
import time
from dataclasses import dataclass
from typing import Protocol, cast

from a2wsgi.asgi_typing import ASGIApp, HTTPScope, Receive, Scope, Send, WebSocketScope

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
from web.body import ReaderLeft, take_body, with_body
from web.circuit_breaker import NEEDS_DATABASE, CircuitBreaker
from web.wsgi_pool import WSGIPool

LONGEST_ADDRESS = 16 * 1024
# Per process, running and waiting for a thread. Past this an honest 503 at once is better than a late answer.
MOST_REQUESTS = 512
# The addresses whose plain-text answers can be as long as a log is.
STREAMS = re.compile(r"^/api/jobs/\d+/logs/$")
# The addresses whose bodies hold many things.
BULK = ("/api/jobs/bulk/",)
# The addresses that may ask the database. What is behind all others is in files.
ASKS_DATABASE = (NEEDS_DATABASE, "/readyz", "/metrics")
PROBE_METHODS = ("GET", "HEAD")


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
    live: ASGIApp
    background: Background
    most_bulk: int = 8 * 1024 * 1024
    requests: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            inner = cast(WebSocketScope, self._without_prefix(scope) or {**scope, "path": "/"})
            await self.live(inner, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self.background.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.background.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        inner = cast(HTTPScope | None, self._without_prefix(scope))
        self.requests += 1
        try:
            if scope["path"] in ("/livez", f"{self.prefix}/livez"):
                await _answer_alive(scope, send)
            elif inner is None:
                await self._outside(scope, send)
            else:
                await self._inside(inner, receive, send)
        except Problem as problem:
            await _answer_problem(scope, send, problem, started)
        except ReaderLeft:
            # Who has gone reads no answer, but whose chunks make no sense is still there.
            await _answer_problem(scope, send, Invalid("The body is not whole."), started)
        finally:
            self.requests -= 1

    async def _inside(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        if self.requests > MOST_REQUESTS:
            raise Busy("Too many requests are waiting.", retry_after=1)
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
            raise AddressTooLong
        most = self.most_bulk if scope["path"] in BULK else self.most_body
        body = await take_body(scope, receive, most)
        if scope["path"].startswith(NEEDS_DATABASE) and not self.breaker.admits():
            raise DatabaseUnavailable
        since = time.monotonic()
        try:
            await self._pool_for(scope).serve(with_body(scope, body), body, receive, send)
        except NoAnswer:
            self.breaker.note_silence(since)
            raise

    def _pool_for(self, scope: HTTPScope) -> WSGIPool:
        if not scope["path"].startswith(ASKS_DATABASE):
            return self.pages
        return self.streams if _is_stream(scope) else self.api

    async def _outside(self, scope: HTTPScope, send: Send) -> None:
        if scope["path"] in ("/", self.prefix):
            await _answer(send, 307, b"", {"Location": f"{self.prefix}/"})
        else:
            raise NotFound(f"Everything here is below {self.prefix}/.")

    def _without_prefix(self, scope: HTTPScope | WebSocketScope) -> HTTPScope | WebSocketScope | None:
        if not scope["path"].startswith(f"{self.prefix}/"):
            return None
        # Django adds the prefix to the addresses that it makes (FORCE_SCRIPT_NAME).
        path = scope["path"][len(self.prefix) :]
        return cast(HTTPScope | WebSocketScope, {**scope, "path": path, "root_path": ""})


def _is_stream(scope: HTTPScope) -> bool:
    if not STREAMS.match(scope["path"]):
        return False
    return any(name == b"accept" and b"text/plain" in value for name, value in scope["headers"])


async def _answer_alive(scope: HTTPScope, send: Send) -> None:
    if scope["method"] not in PROBE_METHODS:
        raise MethodNotAllowed(headers={"Allow": ", ".join(PROBE_METHODS)})
    await _answer(send, 200, b'{"status":"alive"}', {"Content-Type": "application/json"})


async def _answer_problem(scope: HTTPScope, send: Send, problem: Problem, started: float) -> None:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    request_id = request_id_of(given.decode("latin-1"))
    headers = {"Content-Type": CONTENT_TYPE, HEADER: request_id, **problem_headers(problem)}
    seconds = time.perf_counter() - started
    write_line(scope["method"], scope["path"], problem.status, seconds, request_id=request_id)
    await _answer(send, problem.status, problem_body(problem, request_id), headers)


async def _answer(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    lines = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    lines.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": lines, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})

"""The real edge around a WSGI application that answers with what it was told, as JSON."""

import config.wsgi  # noqa: F401  isort: skip  (sets Django up for the others)

import json
from wsgiref.types import StartResponse, WSGIEnvironment

from web.circuit_breaker import CircuitBreaker
from web.gateway import Gateway
from web.tests.long_answer import Nothing, no_live
from web.wsgi_pool import WSGIPool


def echo(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer with the environ and the body; the query says with which status."""
    told = {name: value for name, value in environ.items() if isinstance(value, str)}
    told["body"] = environ["wsgi.input"].read().decode()
    status = environ["QUERY_STRING"] if environ["QUERY_STRING"].isdigit() else "200"
    cookies = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    start_response(f"{status} Whatever", [("Content-Type", "application/json"), *cookies])
    return [] if status != "200" else [json.dumps(told).encode()]


pool = WSGIPool(echo, workers=1)
application = Gateway("", 1000, pool, pool, pool, CircuitBreaker(), no_live, Nothing())

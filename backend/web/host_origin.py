"""
Checks Host and Origin, with their ports, before anything else looks at a request or a WebSocket.

Host keeps out a foreign name that was re-pointed at this machine (DNS rebinding); Origin keeps other pages in
the same browser from giving orders with its cookies.
"""

from collections.abc import Awaitable, Callable, Mapping

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from granian.rsgi import WebsocketProtocol

from api.problems import problem_response
from jobs.errors import BadHost, BadOrigin, Problem
from web.hosts import DEFAULT_PORTS, is_tls_only
from web.request import AUTHORITY, Request

LIVE_PATH = "/ws/"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FOREIGN_SITES = frozenset({"cross-site", "same-site"})
HSTS_SECONDS = 365 * 24 * 3600
# Probes come by address; what they learn is not secret.
ANY_HOST = frozenset({"/livez", "/readyz"})


class HostOriginMiddleware:
    """Refuses what comes by a name or from a page that is not ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        problem = _refusal(request)
        if problem:
            return problem_response(problem, request)
        response = self.get_response(request)
        if is_tls_only(request.META.get("HTTP_HOST", ""), settings.SERVED_ORIGINS):
            _keep_to_tls(response)
        return response


class WebSocketGate:
    """Lets WebSockets of our own pages and of programs through to `app`; refuses the rest (403)."""

    def __init__(self, app: Callable[[Mapping[str, str], WebsocketProtocol], Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, request: Request, proto: WebsocketProtocol) -> None:
        if request.path == LIVE_PATH and _may_pass(request):
            await self.app(request.headers, proto)
        else:
            proto.close(403)


def host_is_served(host: str) -> bool:
    """Say whether a Host header names this server."""
    # What somebody adds to Django's own list (its test client's name) counts as well.
    return host.lower() in settings.SERVED_HOSTS or (host != "*" and host in settings.ALLOWED_HOSTS)


def origin_is_served(origin: str, host: str) -> bool:
    """Say whether an Origin header is exactly that of the page served under this Host header."""
    if origin in settings.SERVED_ORIGINS:
        return origin.split("://", 1)[1] == host.lower()
    added = host != "*" and host in settings.ALLOWED_HOSTS
    return added and origin in {f"{scheme}://{host}" for scheme in DEFAULT_PORTS}


def _refusal(request: HttpRequest) -> Problem | None:
    host = request.META.get("HTTP_HOST")
    if host is None:  # only Django's test client leaves it out
        host = request.get_host()
    if not _is_asked_for(host, request.META.get(AUTHORITY)):
        unknown = BadHost(f"This server does not answer to {host[:255]!r}.")
        return None if request.path_info in ANY_HOST else unknown
    origin = request.headers.get("Origin")
    if origin is not None:
        return None if origin_is_served(origin, host) else BadOrigin()
    if request.method in SAFE_METHODS:
        return None
    if request.headers.get("Sec-Fetch-Site") in FOREIGN_SITES:
        return BadOrigin()
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return BadOrigin("A request with a browser's cookie must say which page it comes from (Origin).")
    return None


def _may_pass(request: Request) -> bool:
    if not (request.is_plain and _is_asked_for(request.host, request.authority)):
        return False
    origin = request.headers.get("origin")
    # Browsers always send Origin here; a program without one must bring a token, never a cookie.
    return origin_is_served(origin, request.host) if origin is not None else "cookie" not in request.headers


def _is_asked_for(host: str, authority: str | None) -> bool:
    """Whether it is this server that is asked: by Host, and by what the address names, where it names one."""
    return host_is_served(host) and (authority is None or authority.lower() == host.lower())


def _keep_to_tls(response: HttpResponseBase) -> None:
    """Behind a proxy with TLS, the browser shall never come, or send a cookie, without."""
    response["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}"
    for cookie in response.cookies.values():
        cookie["secure"] = True

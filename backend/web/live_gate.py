"""The door for WebSockets: Host and Origin, before a connection is accepted."""

from collections.abc import Iterable

from a2wsgi.asgi_typing import ASGIApp, Receive, Scope, Send

from web.host_origin import host_is_served, origin_is_served

PATH = "/ws/"


class LiveGate:
    """Lets WebSockets of our own pages and of programs through to `app`; refuses the rest (403)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or scope["path"] != PATH or not _may_pass(scope["headers"]):
            await send({"type": "websocket.close", "code": 4403, "reason": "foreign origin"})
            return
        await self.app(scope, receive, send)


def _may_pass(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    found = {bytes(name): bytes(value).decode("latin-1") for name, value in headers}
    host, origin = found.get(b"host", ""), found.get(b"origin")
    if not host_is_served(host):
        return False
    # Browsers always send Origin here; a program without one must bring a token, never a cookie.
    return origin_is_served(origin, host) if origin is not None else b"cookie" not in found

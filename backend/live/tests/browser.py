"""A browser's end of the live connection, for tests; its words are held to the OpenAPI document."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

from accounts.models import User
from accounts.tests.factories import bearer
from config.tests.described import described
from web.tests.web_server import WebServer

PATIENCE_SECONDS = 20.0
Heard = dict[str, Any]


class Browser:
    """Says and hears frames of JSON."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, **message: Any) -> None:
        described("LiveMessage").validate(message)
        self.socket.send(json.dumps(message))

    def hear(self) -> Heard:
        """The next frame."""
        frame: Heard = json.loads(self.socket.recv(PATIENCE_SECONDS))
        described("LiveFrame").validate(frame)
        return frame

    def hear_until(self, kind: str, **wanted: Any) -> Heard:
        """The next frame of a type with these values; others are passed over."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            frame = self.hear()
            if frame["type"] == kind and all(_at(frame, key) == value for key, value in wanted.items()):
                return frame
        raise AssertionError(f"no {kind} with {wanted} came")

    def hear_to_the_pong(self) -> list[Heard]:
        """Everything that was on its way before the answer to a ping."""
        self.say(ping=1)
        frames = []
        while (frame := self.hear())["type"] != "pong":
            frames.append(frame)
        return frames


@contextmanager
def browser(server: WebServer, user: User) -> Iterator[Browser]:
    """Someone who is let in, and has heard the hello."""
    with connect(server.live_url, additional_headers=bearer(user), open_timeout=PATIENCE_SECONDS) as socket:
        found = Browser(socket)
        assert found.hear()["type"] == "hello"
        yield found


def _at(frame: Heard, path: str) -> Any:
    """A value by its path, parts between two underscores: job__status."""
    value: Any = frame
    for part in path.split("__"):
        value = value[part]
    return value

"""What the hub remembers of a connection goes with it."""

import asyncio
import json

import pytest

from accounts.models import User
from live import connection as connections
from live.connection import CloseCode, LiveConnection
from live.hub import Hub


async def _send_nowhere(frame: str) -> None:
    """A browser that takes whatever comes."""


def _ignore(code: CloseCode) -> None:
    """A connection that is closed by nobody."""


def test_a_log_that_does_not_exist_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "read_piece", lambda *_: None)

    async def watch_and_leave() -> Hub:
        hub = Hub()
        one = LiveConnection(hub, User(username="ann"), _send_nowhere, _ignore)
        hub.join(one)
        for job_id in range(1, 6):
            said = {"subscribe": "logs", "id": job_id, "attempt": 1, "stream": "stdout", "offset": 0}
            one.hear(json.dumps(said))
        sending = asyncio.create_task(one.run())
        while one.watches.logs:
            await asyncio.sleep(0.001)
        sending.cancel()
        hub.part(one)
        return hub

    assert len(asyncio.run(watch_and_leave())._logs) == 0

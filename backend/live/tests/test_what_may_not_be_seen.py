"""A job that one may not see is, over the live connection too, as if it were not there."""

import asyncio
import json
from typing import Any

import pytest

from accounts.models import User
from live import hub
from live.connection import CloseCode, LiveConnection
from live.hub import Hub

HIDDEN, SHOWN, NEVER = 1, 2, 3
Heard = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def only_own_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "may_see", lambda user, owner: owner == user.username)


def row(job_id: int, owner: str) -> dict[str, Any]:
    return {"id": job_id, "owner": owner, "actions": []}


def told(*turns: dict[int, dict[str, Any]]) -> Heard:
    """What ann, who watches all three jobs, hears when they are read turn after turn with these rows."""

    async def watch() -> Heard:
        heard: Heard = []

        async def hear(frame: str) -> None:
            heard.append(json.loads(frame))

        live = Hub()
        ann = LiveConnection(live, User(username="ann"), hear, _ignore)
        ann.hear(json.dumps({"subscribe": "jobs", "ids": [HIDDEN, SHOWN, NEVER]}))
        for rows in turns:
            live._put_rows([HIDDEN, SHOWN, NEVER], rows)
            for frame in await ann._queue.take():
                await hear(frame)
            heard.append({"type": "next"})
            ann._queue.nudge()
        return heard

    return asyncio.run(watch())


def _ignore(code: CloseCode) -> None:
    """A connection that is closed by nobody."""


def of(job_id: int, heard: Heard) -> list[str]:
    return [frame["type"] for frame in heard if frame.get("id", frame.get("job", {}).get("id")) == job_id]


def test_what_is_hidden_is_told_as_what_never_was() -> None:
    heard = told({HIDDEN: row(HIDDEN, "bob"), SHOWN: row(SHOWN, "ann")})

    assert of(SHOWN, heard) == ["job"]
    assert of(HIDDEN, heard) == of(NEVER, heard) == ["job_not_found"]


def test_nothing_that_happens_to_what_is_hidden_is_told() -> None:
    there = {HIDDEN: row(HIDDEN, "bob"), SHOWN: row(SHOWN, "ann")}

    heard = told(there, there, {})

    assert of(SHOWN, heard) == ["job", "job", "job_deleted"]
    assert of(HIDDEN, heard) == ["job_not_found"]


def test_what_may_not_be_seen_any_more_is_told_as_gone() -> None:
    heard = told({SHOWN: row(SHOWN, "ann")}, {SHOWN: row(SHOWN, "bob")}, {SHOWN: row(SHOWN, "bob")})

    assert of(SHOWN, heard) == ["job", "job_deleted"]

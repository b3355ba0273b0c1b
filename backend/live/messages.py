"""What browsers may say, checked."""

from dataclasses import dataclass
from typing import Any, Literal

import orjson

from live.frames import Stream

LONGEST = 16 * 1024
MOST_IDS = 200
LARGEST = 2**63 - 1


class BadMessage(Exception):
    """A message that cannot be understood; its text says why."""


@dataclass(frozen=True, slots=True)
class JobTopic:
    """One job."""

    id: int


@dataclass(frozen=True, slots=True)
class ListTopic:
    """The rows that a list shows, and whether the list has changed. Replaces what was said before."""

    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class LogTopic:
    """One stream of one attempt, from a byte offset on."""

    id: int
    attempt: int
    stream: Stream
    offset: int


@dataclass(frozen=True, slots=True)
class StatsTopic:
    """The totals."""


Topic = JobTopic | ListTopic | LogTopic | StatsTopic


@dataclass(frozen=True, slots=True)
class WatchCommand:
    """Begin or stop to watch a topic."""

    do: Literal["subscribe", "unsubscribe"]
    topic: Topic


def read_message(text: str) -> WatchCommand | None:
    """Read a browser's message (`live.frames.Message`); None is a ping. Raises `BadMessage`."""
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadMessage("The message is not JSON.") from None
    if not isinstance(said, dict):
        raise BadMessage("The message is not an object.")
    if "ping" in said:
        return None
    for do in ("subscribe", "unsubscribe"):
        if do in said:
            return WatchCommand(do, _topic(said.pop(do), said, stop=do == "unsubscribe"))
    raise BadMessage("The message has neither subscribe, unsubscribe nor ping.")


def _topic(name: object, said: dict[str, Any], *, stop: bool) -> Topic:
    match name:
        case "job":
            return JobTopic(_number(said, "id", 1))
        case "jobs":
            return ListTopic(frozenset() if stop else _ids(said.get("ids", [])))
        case "logs":
            offset = 0 if stop else _number(said, "offset", 0)
            return LogTopic(_number(said, "id", 1), _number(said, "attempt", 1), _stream(said), offset)
        case "stats":
            return StatsTopic()
    raise BadMessage("One can watch job, jobs, logs and stats.")


def _number(said: dict[str, Any], key: str, least: int) -> int:
    value = said.get(key)
    if type(value) is not int or not least <= value <= LARGEST:
        raise BadMessage(f"{key} must be a whole number from {least} on.")
    return value


def _ids(value: object) -> frozenset[int]:
    if not isinstance(value, list) or len(value) > MOST_IDS:
        raise BadMessage(f"ids must be a list of at most {MOST_IDS} ids.")
    return frozenset(_number({"ids": one}, "ids", 1) for one in value)


def _stream(said: dict[str, Any]) -> Stream:
    match said.get("stream"):
        case "stdout":
            return "stdout"
        case "stderr":
            return "stderr"
    raise BadMessage("stream must be stdout or stderr.")

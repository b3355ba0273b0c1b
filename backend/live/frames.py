"""
What goes over `/ws/`, either way: every frame is declared here, and nowhere else.

`live.openapi` puts them into the API's description, from which the front end's types are generated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import orjson

from jobs.counters import Totals
from jobs.queries import JobJSON


@dataclass(frozen=True, slots=True)
class Component:
    """Marks a value that the API's description has a schema for, by this name."""

    name: str


Stream = Literal["stdout", "stderr"]

# --- from the server ------------------------------------------------------------------------------------


class HelloFrame(TypedDict):
    """The first frame: you are let in. `version` is the server's; a page of another one reloads."""

    type: Literal["hello"]
    version: str


class JobFrame(TypedDict):
    """A job that you watch, as lists show it: once after you subscribed, then whenever it has changed."""

    type: Literal["job"]
    job: Annotated[JobJSON, Component("JobRead")]


class JobDeletedFrame(TypedDict):
    """A job that was sent before is gone."""

    type: Literal["job_deleted"]
    id: int


class JobNotFoundFrame(TypedDict):
    """You watch a job that is not there, or that you may not see. Comes once after you subscribed."""

    type: Literal["job_not_found"]
    id: int


class ListChangedFrame(TypedDict):
    """Some job has changed, come or gone; at most once a second, for those who watch `jobs`."""

    type: Literal["list_changed"]


class LogsFrame(TypedDict):
    """The next piece of a log that you follow: the text of the bytes from `offset` to `next_offset`."""

    type: Literal["logs"]
    id: int
    attempt: int
    stream: Stream
    offset: int
    next_offset: int
    text: str
    complete: bool


class StatsFrame(TypedDict):
    """The number of jobs by status, and of all; at most once a second.

    `by_queue` has the queues with the most to do, as `/api/jobs/stats/` has; `queues`: how many there are.
    """

    type: Literal["stats"]
    as_of: datetime
    by_status: Annotated[Mapping[str, int], Component("StatusCounts")]
    total: int
    by_queue: list[Annotated[Mapping[str, int | str], Component("QueueCounts")]]
    queues: int


class RefetchFrame(TypedDict):
    """Changes may have been missed: read again what you show."""

    type: Literal["refetch"]


class GoodbyeFrame(TypedDict):
    """The last frame: the server closes the connection, and why."""

    type: Literal["goodbye"]
    code: int
    detail: str


class PongFrame(TypedDict):
    """The answer to a ping."""

    type: Literal["pong"]


class ErrorFrame(TypedDict):
    """A message of yours made no sense; the connection stays."""

    type: Literal["error"]
    detail: str


Frame = (
    HelloFrame
    | JobFrame
    | JobDeletedFrame
    | JobNotFoundFrame
    | ListChangedFrame
    | LogsFrame
    | StatsFrame
    | RefetchFrame
    | PongFrame
    | ErrorFrame
    | GoodbyeFrame
)

# --- from the browser -----------------------------------------------------------------------------------


class SubscribeJob(TypedDict):
    """Watch one job; at most 32 at once."""

    subscribe: Literal["job"]
    id: int


class SubscribeJobs(TypedDict):
    """Watch a list: whether it has changed, and its rows: at most 200, in place of those named before."""

    subscribe: Literal["jobs"]
    ids: NotRequired[list[int]]


class SubscribeLogs(TypedDict):
    """Follow one stream of one attempt from a byte offset on; at most 8 at once."""

    subscribe: Literal["logs"]
    id: int
    attempt: int
    stream: Stream
    offset: int


class SubscribeStats(TypedDict):
    """Watch the number of jobs by status."""

    subscribe: Literal["stats"]


class UnsubscribeJob(TypedDict):
    """Stop to watch one job."""

    unsubscribe: Literal["job"]
    id: int


class UnsubscribeJobs(TypedDict):
    """Stop to watch the list."""

    unsubscribe: Literal["jobs"]


class UnsubscribeLogs(TypedDict):
    """Stop to follow a log."""

    unsubscribe: Literal["logs"]
    id: int
    attempt: int
    stream: Stream


class UnsubscribeStats(TypedDict):
    """Stop to watch the numbers."""

    unsubscribe: Literal["stats"]


class Ping(TypedDict):
    """Ask for a pong. A connection from which nothing comes for three minutes is closed."""

    ping: Literal[1]


Message = (
    SubscribeJob
    | SubscribeJobs
    | SubscribeLogs
    | SubscribeStats
    | UnsubscribeJob
    | UnsubscribeJobs
    | UnsubscribeLogs
    | UnsubscribeStats
    | Ping
)

# --- as text: each frame is encoded once, whoever gets it --------------------------------------------------


def encode(frame: Frame) -> str:
    """Write a frame as JSON text; times are in UTC with a `Z`."""
    return orjson.dumps(frame, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode()


def hello(version: str) -> str:
    return encode(HelloFrame(type="hello", version=version))


def job(row: dict[str, Any]) -> str:
    return encode(JobFrame(type="job", job=row))


def job_deleted(job_id: int) -> str:
    return encode(JobDeletedFrame(type="job_deleted", id=job_id))


def job_not_found(job_id: int) -> str:
    return encode(JobNotFoundFrame(type="job_not_found", id=job_id))


def stats(totals: Totals) -> str:
    return encode(
        StatsFrame(
            type="stats",
            as_of=datetime.now(UTC),
            by_status=totals.by_status,
            total=totals.total,
            by_queue=[{"queue": name, **counts} for name, counts in totals.by_name.items()],
            queues=totals.named,
        )
    )


def error(detail: str) -> str:
    return encode(ErrorFrame(type="error", detail=detail))


def goodbye(code: int, detail: str) -> str:
    return encode(GoodbyeFrame(type="goodbye", code=code, detail=detail))


LIST_CHANGED = encode(ListChangedFrame(type="list_changed"))
REFETCH = encode(RefetchFrame(type="refetch"))
PONG = encode(PongFrame(type="pong"))

"""An attempt's shape, for all who deal with one: who it is, what it does, what may follow it, how it ended.

Pure: the standard library only, so that the runner shares it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypedDict
from uuid import UUID

Stream = Literal["stdout", "stderr"]
STREAMS: tuple[Stream, ...] = ("stdout", "stderr")

StopReason = Literal["cancelled", "interrupted", "fenced"]
"""Why an attempt is ended from outside: somebody asked, the worker stops, it is not the worker's any more."""


@dataclass(frozen=True, slots=True)
class AttemptRef:
    """One attempt, and the lease under which it is held. `number` counts the attempts of its job from 1.

    Without a lease it is dispatched: another system has it in its queue, and nobody holds it yet.
    """

    job_id: int
    attempt_id: int
    number: int
    lease: UUID | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "AttemptRef":
        """From a row with these columns."""
        return cls(row["job_id"], row["attempt_id"], row["number"], row["lease"])


@dataclass(frozen=True, slots=True)
class Workload:
    """What is to be run. `timeout` in seconds, None without a limit; `memory_mb` 0: as much as there is.

    `working_directory` "" is a folder of the attempt's own.
    """

    command: str
    environment: Mapping[str, str]
    working_directory: str
    timeout: int | None
    cpus: float
    memory_mb: int


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """What a job permits after an attempt. `attempts_used`: before this one; `retry_delay`: seconds."""

    max_attempts: int
    attempts_used: int
    retry_delay: int
    retry_on_lost: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job's attempt that is ours to run, under its lease."""

    ref: AttemptRef
    work: Workload
    retry: RetryPolicy

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Claimed":
        """From a row with the columns of an AttemptRef and `WORK_COLUMNS`."""
        work = {name: row[name] for name in _WORK} | {"environment": json.loads(row["environment"])}
        retry = {name: row[name] for name in _RETRY}
        return cls(AttemptRef.of(row), Workload(**work), RetryPolicy(**retry))


_WORK = tuple(field.name for field in fields(Workload))
_RETRY = tuple(field.name for field in fields(RetryPolicy))

WORK_COLUMNS = ", ".join((*_WORK, *_RETRY))
"""Of `jobs_job`: what `Claimed.of` reads beside the identity."""


class Usage(TypedDict):
    """What an attempt took, all its processes together."""

    max_rss_mb: float
    cpu_seconds: float
    read_mb: float
    write_mb: float


class Receipt(TypedDict):
    """What was done to end an attempt's processes. Times are seconds since 1970.

    `by` names the means that held them together; `verified_empty` is false where some would not die.
    """

    by: str
    term_at: float
    kill_at: float | None
    verified_empty: bool
    processes_killed: int


class StreamSize(TypedDict):
    """Bytes of a stream: `size` as kept, markers included; `dropped` of the job's own that were not kept."""

    size: int
    dropped: int


class Exit(TypedDict):
    """How an attempt ended, as whoever ran it saw it. Times are seconds since 1970.

    `reason` is one of `states.Reason`, "fenced", or "" for a good end; `receipt` None: it ended by itself;
    `usage` None: nobody measured it.
    """

    exit_code: int | None
    signal: int | None
    reason: str
    message: str
    started_at: float
    ended_at: float
    stop_requested: str | None
    receipt: Receipt | None
    usage: Usage | None
    streams: dict[str, StreamSize]

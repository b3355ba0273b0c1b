"""What the agent reads of the database beside its moves, each in one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.endings import CancelRequest
from jobs.attempts import WORK_COLUMNS, AttemptRef, Claimed
from jobs.logs import STREAMS, Stream
from jobs.sql import LEVELS, QUEUED, fetch
from jobs.states import Kind


@dataclass(frozen=True, slots=True)
class StoredAttempt:
    """An attempt as the database has it. `open`: it has not ended, and its job runs under its lease."""

    claimed: Claimed
    open: bool
    started_at: datetime | None
    shipped: dict[Stream, int]
    notes: int


_STORED = f"""
SELECT a.id AS attempt_id, a.job_id, a.number, a.lease, a.started_at,
       a.shipped_stdout, a.shipped_stderr,
       a.ended_at IS NULL AND job.status = 'RUNNING' AND job.lease = a.lease AS open,
       {WORK_COLUMNS},
       (SELECT count(*) FROM jobs_jobstatus AS s WHERE s.job_id = job.id AND s.attempt = a.number) AS notes
FROM jobs_attempt AS a JOIN jobs_job AS job ON job.id = a.job_id
WHERE (a.worker_id = %(worker_id)s AND job.executor = %(executor)s
       AND a.ended_at IS NULL AND a.lease IS NOT NULL)
   OR (a.id = ANY(%(ids)s::bigint[]) AND a.worker_id = %(worker_id)s)
"""  # noqa: S608  constants only

_CANCELS = """
SELECT a.id AS attempt_id, job.cancel_requested_by AS by
FROM jobs_attempt AS a JOIN jobs_job AS job ON job.id = a.job_id AND job.lease = a.lease
WHERE a.id = ANY(%(ids)s::bigint[]) AND job.cancel_requested_at IS NOT NULL
"""

# Ten short walks through the index of the queue instead of one through all that waits.
_NEXT_DUE = f"""
SELECT extract(epoch FROM min(soonest.available_at) - clock_timestamp())::float8 AS seconds
FROM {LEVELS} AS level, LATERAL (
    SELECT available_at FROM jobs_job
    WHERE {QUEUED[Kind.RUN]} AND executor = %(executor)s AND priority = level
      AND available_at > statement_timestamp()
    ORDER BY available_at LIMIT 1) AS soonest
"""  # noqa: S608  constants only

_ACTIVE = """
SELECT count(*) AS workers FROM jobs_worker
WHERE state = 'active' AND executors ? %(executor)s AND heartbeat_at > clock_timestamp() - interval '1 minute'
"""

_SHIPPED = "SELECT shipped_stdout, shipped_stderr FROM jobs_attempt WHERE id = %(id)s AND lease = %(lease)s"


def stored_attempts(worker_id: UUID, executor: str, ids: Sequence[int]) -> dict[int, StoredAttempt]:
    """The open attempts of a worker for one executor, and those of its attempts with these ids, by id."""
    params = {"worker_id": worker_id, "executor": executor, "ids": list(ids)}
    return {row["attempt_id"]: _stored(row) for row in fetch(_STORED, params)}


def cancel_requests(ids: Iterable[int]) -> dict[int, CancelRequest]:
    """Which of these attempts somebody wants to end, by id."""
    asked = list(ids)
    if not asked:
        return {}
    return {row["attempt_id"]: CancelRequest(row["by"]) for row in fetch(_CANCELS, {"ids": asked})}


def seconds_to_next_due(executor: str) -> float | None:
    """Until the next job that waits for its time may be claimed; None when none does."""
    seconds: float | None = fetch(_NEXT_DUE, {"executor": executor})[0]["seconds"]
    return seconds


def active_workers(executor: str) -> int:
    """How many workers have an executor and have been heard of within a minute."""
    count: int = fetch(_ACTIVE, {"executor": executor})[0]["workers"]
    return count


def shipped(ref: AttemptRef) -> dict[Stream, int] | None:
    """Bytes stored of each stream; None when there is no such attempt under that lease (any more)."""
    found = fetch(_SHIPPED, {"id": ref.attempt_id, "lease": ref.lease})
    return _shipped(found[0]) if found else None


def _stored(row: dict[str, Any]) -> StoredAttempt:
    return StoredAttempt(Claimed.of(row), bool(row["open"]), row["started_at"], _shipped(row), row["notes"])


def _shipped(row: dict[str, Any]) -> dict[Stream, int]:
    return {stream: row[f"shipped_{stream}"] for stream in STREAMS}

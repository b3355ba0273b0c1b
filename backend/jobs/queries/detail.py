"""Everything about one job."""

from typing import Any

import orjson

from ..states import Kind, Status
from ..waiting import MOST_AHEAD, Room, Waiting, waiting_for
from .history import newest_statuses
from .queue import ahead_of
from .rows import COLUMNS, SOURCE, JobJSON, jobs_json
from .sql import fetch
from .workers import fleet

MOST_STATUSES = 1000
MOST_ATTEMPTS = 1000

_DETAIL = f"""
SELECT {COLUMNS}, job.result_data AS whole_result, job.environment
FROM {SOURCE} WHERE job.id = %(job_id)s"""  # noqa: S608  constants only

_ATTEMPTS = """
SELECT attempt.id, attempt.number, attempt.worker_name AS worker, attempt.dispatched_at, attempt.started_at,
       attempt.ended_at, attempt.exit_code, attempt.signal, attempt.reason, attempt.error_message,
       attempt.result_data, attempt.usage, attempt.receipt, attempt.shipped_stdout, attempt.shipped_stderr,
       attempt.log_complete
FROM jobs_attempt AS attempt WHERE job_id = %(job_id)s ORDER BY number DESC LIMIT %(limit)s"""


def job_detail(job_id: int) -> JobJSON | None:
    """A job with its environment, attempts and the newest of its history, oldest first; None if gone."""
    rows = fetch(_DETAIL, {"job_id": job_id})
    if not rows:
        return None
    row = rows[0]
    job = jobs_json(rows)[0]
    statuses = newest_statuses(job_id, job["created_at"], MOST_STATUSES)
    return {
        **job,
        "result_data": _loaded(row["whole_result"]),
        "result_omitted": False,
        "waiting_for": _place_in_queue(row) or job["waiting_for"],
        "environment": orjson.loads(row["environment"]),
        "statuses": statuses,
        "statuses_truncated": job["status_history_count"] > len(statuses),
        "attempts": _attempts(job_id),
    }


def _attempts(job_id: int) -> list[dict[str, Any]]:
    rows = fetch(_ATTEMPTS, {"job_id": job_id, "limit": MOST_ATTEMPTS})[::-1]
    return [_attempt_json(row) for row in rows]


def _attempt_json(row: dict[str, Any]) -> dict[str, Any]:
    sizes = {"stdout": row.pop("shipped_stdout"), "stderr": row.pop("shipped_stderr")}
    return {
        **row,
        "worker": row["worker"] or None,
        "result_data": _loaded(row["result_data"]),
        "usage": _loaded(row["usage"]),
        "receipt": _loaded(row["receipt"]),
        "log_sizes": sizes,
    }


def _place_in_queue(row: dict[str, Any]) -> str | None:
    """The sentence with the place in the queue, where only others stand between the job and a worker."""
    if row["status"] != Status.PENDING or not row["command"] or row["available_at"] > row["now"]:
        return None
    room = fleet().room_for(row["cpus"], row["memory_mb"])
    if room is not Room.YES:
        return None
    facts = Waiting(
        kind=Kind.RUN,
        now=row["now"],
        available_at=row["available_at"],
        scheduled_at=row["scheduled_at"],
        attempts_used=row["attempts_used"],
        max_attempts=row["max_attempts"],
        room=room,
        ahead=ahead_of(row["id"], row["priority"], row["available_at"], MOST_AHEAD + 1),
    )
    return waiting_for(facts)


def _loaded(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)

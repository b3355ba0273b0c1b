"""Everything about one job."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson

from ..sql import fetch, in_archive
from ..states import Action, Mover, Status, reachable
from ..waiting import WaitCode, WaitingFor
from .dependencies import wanted_by
from .history import newest_statuses
from .rows import LARGE_RESULT_BYTES, JobJSON, jobs_json, rows_by_ids

T = TypeVar("T")

MOST_STATUSES = 1000
MOST_ATTEMPTS = 200

_WHEREABOUTS = """
SELECT owner.username AS owner, job.archived_at IS NOT NULL AS archived
FROM jobs_job AS job LEFT JOIN accounts_user AS owner ON owner.id = job.owner_id WHERE job.id = %(job_id)s"""

_WHOLE = "job.result_data AS whole_result, job.environment"

# The job itself has the result of its newest attempt; large ones of earlier attempts would have no bound.
_ATTEMPTS = f"""
SELECT attempt.id, attempt.number, attempt.worker_name AS worker, attempt.dispatched_at, attempt.started_at,
       attempt.ended_at, attempt.exit_code, attempt.signal, attempt.reason, attempt.error_message,
       coalesce(pg_column_size(attempt.result_data) > {LARGE_RESULT_BYTES}, false) AS result_omitted,
       CASE WHEN pg_column_size(attempt.result_data) <= {LARGE_RESULT_BYTES} THEN attempt.result_data END
           AS result_data, attempt.usage, attempt.receipt, attempt.shipped_stdout, attempt.shipped_stderr,
       attempt.log_complete
FROM jobs_attempt AS attempt WHERE job_id = %(job_id)s ORDER BY number DESC LIMIT %(limit)s"""  # noqa: S608  constants only


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Whose a job is (a user name), and whether it is archived."""

    owner: str | None
    archived: bool


def where_is(job_id: int) -> Whereabouts | None:
    """Where a job is; None if gone."""
    return _wherever(lambda: _whereabouts(job_id))


def job_detail(job_id: int) -> JobJSON | None:
    """A job, live or archived, with its environment, attempts and the newest of its history, oldest first;
    None if gone."""
    return _wherever(lambda: _detail(job_id))


def _wherever(read: Callable[[], T | None]) -> T | None:
    """What `read` finds among live jobs, or in the archive. It may come back between the looks."""
    found = read()
    if found is None:
        with in_archive():
            found = read()
    return read() if found is None else found


def _whereabouts(job_id: int) -> Whereabouts | None:
    rows = fetch(_WHEREABOUTS, {"job_id": job_id})
    return Whereabouts(**rows[0]) if rows else None


def _detail(job_id: int) -> JobJSON | None:
    rows = rows_by_ids([job_id], more=_WHOLE)
    if not rows:
        return None
    *_, result, environment = rows[job_id]
    job = jobs_json([rows[job_id]], count_ahead=True)[0]
    statuses = newest_statuses(job_id, job["created_at"], MOST_STATUSES)
    return {
        **job,
        "result_data": _loaded(result),
        "result_omitted": False,
        "environment": orjson.loads(environment),
        "statuses": statuses,
        "statuses_truncated": job["status_history_count"] > len(statuses),
        "attempts": [] if _was_never_tried(job) else _attempts(job_id),
        "reportable": _reportable(job),
        "depends_on": wanted_by(job_id),
    }


def _was_never_tried(job: JobJSON) -> bool:
    """Nobody has claimed it yet, nor is it in another system's queue, so it has no attempt to be read."""
    waits: WaitingFor | None = job["waiting_for"]
    return waits is not None and waits["code"] != WaitCode.DISPATCHED and job["attempt"] == 1


def _reportable(job: JobJSON) -> list[Status]:
    may_be_reported = Action.REPORT in job["actions"]
    return reachable(Mover.REPORTER, Status(job["status"])) if may_be_reported else []


def _attempts(job_id: int) -> list[dict[str, Any]]:
    rows = fetch(_ATTEMPTS, {"job_id": job_id, "limit": MOST_ATTEMPTS})[::-1]
    return [_attempt_json(row) for row in rows]


def _attempt_json(row: dict[str, Any]) -> dict[str, Any]:
    sizes = {"stdout": row.pop("shipped_stdout"), "stderr": row.pop("shipped_stderr")}
    return {
        **row,
        "worker": row["worker"] or None,
        "result_data": _loaded(row["result_data"]),
        "usage": _loaded(row["usage"]) or None,
        "receipt": _receipt(_loaded(row["receipt"])),
        "log_sizes": sizes,
    }


def _receipt(stored: dict[str, Any] | None) -> dict[str, Any] | None:
    """Executors tell seconds since the epoch; the API tells times."""
    if stored is None:
        return None
    return {**stored, "term_at": _moment(stored["term_at"]), "kill_at": _moment(stored["kill_at"])}


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _loaded(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)

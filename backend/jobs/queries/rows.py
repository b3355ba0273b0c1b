"""A job as JSON, the way that lists, live frames and details carry it."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import orjson

from ..sql import fetch
from ..states import Kind, Status, legal_actions
from ..waiting import IN_THE_QUEUE, MOST_AHEAD, WaitCode, WaitingFor, waiting_for, waits_for_time
from .queue import ahead_of
from .workers import Fleet, fleet

JobJSON = dict[str, Any]

# A result can be large and a list shows none of it: past this many bytes, as stored, only the detail has it.
LARGE_RESULT_BYTES = 16 * 1024

# Columns that are answered as they are.
PLAIN = (
    "id", "name", "description", "priority", "created_at", "updated_at", "scheduled_at", "completed_at",
    "error_message", "status", "status_message", "progress", "status_changed_at", "command",
    "working_directory", "queue", "tags", "executor", "max_attempts", "retry_delay", "retry_on_lost",
    "timeout", "attempt", "attempts_used", "available_at", "started_at", "exit_code", "signal", "reason",
    "cancel_requested_at", "cancel_requested_by", "archived_at", "version",
)  # fmt: skip

COLUMNS = f"""
    {", ".join(f"job.{name}" for name in PLAIN)},
    owner.username AS owner, job.latest_status_id, job.status_count AS status_history_count,
    job.resource_requirements, job.cpus, job.memory_mb, job.lease IS NOT NULL AS leased,
    job.dispatched_at IS NOT NULL AS dispatched, clock_timestamp() AS now,
    coalesce(pg_column_size(job.result_data) > {LARGE_RESULT_BYTES}, false) AS result_omitted,
    CASE WHEN pg_column_size(job.result_data) <= {LARGE_RESULT_BYTES} THEN job.result_data END
        AS result_data"""

_BY_IDS = """
SELECT {columns} FROM jobs_job AS job LEFT JOIN accounts_user AS owner ON owner.id = job.owner_id
WHERE job.id = ANY(%(ids)s)"""

# The oldest possible time keeps PostgreSQL from looking into every month's partition.
_LATEST = """
SELECT id, job_id, timestamp, message, progress FROM jobs_jobstatus
WHERE id = ANY(%(ids)s) AND timestamp >= %(oldest)s"""


def rows_by_ids(ids: Sequence[int], *, more: str = "") -> list[dict[str, Any]]:
    """The rows of these jobs, with `COLUMNS` and `more` of them, in no order."""
    columns = ", ".join([COLUMNS, more]) if more else COLUMNS
    return fetch(_BY_IDS.format(columns=columns), {"ids": list(ids)})


def jobs_by_ids(ids: Sequence[int]) -> list[JobJSON]:
    """These jobs, in this order; those that are gone are left out."""
    found = {job["id"]: job for job in jobs_json(rows_by_ids(ids))} if ids else {}
    return [found[job_id] for job_id in ids if job_id in found]


def job_json(job_id: int) -> JobJSON | None:
    """One job, None where there is none."""
    found = jobs_by_ids([job_id])
    return found[0] if found else None


def jobs_json(rows: Sequence[dict[str, Any]], *, count_ahead: bool = False) -> list[JobJSON]:
    """Rows of `COLUMNS` as JSON: at most two more queries, however many there are.

    Their `actions` are those that the state allows; `permissions.for_person` leaves what a person may take.

    :param count_ahead: tell each pending job's place in the queue too, for one more query each.
    """
    noted = _noted(rows)
    workers: Fleet | None = None
    if any(_may_ask_for_a_worker(row) for row in rows):
        workers = fleet()
    return [_job_json(row, noted.get(row["id"]), workers, count_ahead=count_ahead) for row in rows]


def _job_json(
    row: dict[str, Any], noted: dict[str, Any] | None, workers: Fleet | None, *, count_ahead: bool
) -> JobJSON:
    kind = Kind.RUN if row["command"] else Kind.TRACKED
    return {
        **{name: row[name] for name in PLAIN},
        "owner": row["owner"],
        "kind": kind.value,
        "resource_requirements": orjson.loads(row["resource_requirements"]),
        "result_data": None if row["result_data"] is None else orjson.loads(row["result_data"]),
        "result_omitted": row["result_omitted"],
        "latest_status": _latest_status(row, noted),
        "status_history_count": row["status_history_count"],
        "execution_time": execution_time(row["started_at"], row["completed_at"], row["now"]),
        "waiting_for": _waiting_for(row, kind, workers, count_ahead=count_ahead),
        "actions": _actions(
            Status(row["status"]),
            kind,
            cancel_requested=row["cancel_requested_at"] is not None,
            leased=row["leased"],
            dispatched=row["dispatched"],
            archived=row["archived_at"] is not None,
        ),
    }


_actions = cache(legal_actions)  # every row of every list asks, and there are some hundred answers


def execution_time(started_at: datetime | None, ended_at: datetime | None, now: datetime) -> float | None:
    """Seconds from start to end, or to now; None before the start. All times are the database's."""
    if started_at is None:
        return None
    return round(max(0.0, ((ended_at or now) - started_at).total_seconds()), 3)


def _latest_status(row: dict[str, Any], noted: dict[str, Any] | None) -> dict[str, Any]:
    """Every move leaves on the job what it notes in the history; only progress may be newer than its row."""
    return {
        "id": row["latest_status_id"],
        "status_type": row["status"],
        "timestamp": noted["timestamp"] if noted else row["status_changed_at"],
        "message": noted["message"] if noted else row["status_message"],
        "progress": noted["progress"] if noted else row["progress"],
        "attempt": row["attempt"],
    }


def _noted(rows: Sequence[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The newest history rows of the jobs whose progress may have been written without one, by job id."""
    unsure = [row for row in rows if row["status"] == Status.RUNNING and row["command"]]
    if not unsure:
        return {}
    ids = [row["latest_status_id"] for row in unsure]
    found = fetch(_LATEST, {"ids": ids, "oldest": min(row["status_changed_at"] for row in unsure)})
    return {row["job_id"]: row for row in found}


def _may_ask_for_a_worker(row: dict[str, Any]) -> bool:
    return row["status"] == Status.PENDING and bool(row["command"]) and row["available_at"] <= row["now"]


def _waiting_for(
    row: dict[str, Any], kind: Kind, workers: Fleet | None, *, count_ahead: bool
) -> WaitingFor | None:
    if row["status"] != Status.PENDING:
        return None
    timed = waits_for_time(row["now"], row["available_at"], row["scheduled_at"])
    if timed:
        return waiting_for(timed, until=row["available_at"])
    if row["dispatched"]:
        return waiting_for(WaitCode.DISPATCHED)
    if workers is None or kind is Kind.TRACKED:
        return waiting_for(WaitCode.PROGRAM)
    wanted = {"cpus": row["cpus"], "memory_mb": row["memory_mb"]}
    code = workers.waits_for(row["executor"], wanted)
    ahead = None
    if count_ahead and code in IN_THE_QUEUE:
        ahead = ahead_of(row["id"], row["priority"], row["available_at"], MOST_AHEAD + 1)
    would_fit = workers.nearest(row["executor"], wanted) if code is WaitCode.TOO_LARGE else None
    return waiting_for(code, ahead=ahead, would_fit=would_fit)

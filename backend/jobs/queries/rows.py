"""A job as JSON, the way that lists, live frames and details carry it."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import orjson

from ..sql import fetch, fetch_tuples
from ..states import Action, Kind, Status, legal_actions
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

# Answered as they are too, by other names.
_NAMED = {
    "owner": "owner.username",
    "status_history_count": "job.status_count",
    "result_omitted": f"coalesce(pg_column_size(job.result_data) > {LARGE_RESULT_BYTES}, false)",
}
_ANSWERED = (*PLAIN, *_NAMED)


class _Beside(NamedTuple):
    """What a row has besides: the answer is made of it."""

    latest_status_id: int
    resource_requirements: str
    cpus: float
    memory_mb: float
    unmet: int
    leased: bool
    dispatched: bool
    now: datetime
    result_data: str | None


_BESIDE = {
    **{name: f"job.{name}" for name in _Beside._fields},
    "leased": "job.lease IS NOT NULL",
    "dispatched": "job.dispatched_at IS NOT NULL",
    "now": "clock_timestamp()",
    "result_data": f"CASE WHEN pg_column_size(job.result_data) <= {LARGE_RESULT_BYTES} "
    "THEN job.result_data END",
}

Row = tuple[Any, ...]
"""What `COLUMNS` gives of a job; a statement may have read more of it after that."""

_SQL = {**{name: f"job.{name}" for name in PLAIN}, **_NAMED, **_BESIDE}
WIDTH = len(_SQL)
COLUMNS = ", ".join(f"{sql} AS {name}" for name, sql in _SQL.items())
SOURCE = "jobs_job AS job LEFT JOIN accounts_user AS owner ON owner.id = job.owner_id"

_BY_IDS = f"SELECT {{columns}} FROM {SOURCE} WHERE job.id = ANY(%(ids)s)"  # noqa: S608  constants only

# The oldest possible time keeps PostgreSQL from looking into every month's partition.
_LATEST = """
SELECT id, job_id, timestamp, message, progress FROM jobs_jobstatus
WHERE id = ANY(%(ids)s) AND timestamp >= %(oldest)s"""


def rows_by_ids(ids: Sequence[int], *, more: str = "") -> dict[int, Row]:
    """The rows of these jobs, with `COLUMNS` and `more` of them, by id."""
    columns = ", ".join([COLUMNS, more]) if more else COLUMNS
    rows = fetch_tuples(_BY_IDS.format(columns=columns), {"ids": list(ids)})
    return {row[0]: row for row in rows}


def jobs_by_ids(ids: Sequence[int]) -> list[JobJSON]:
    """These jobs, in this order; those that are gone are left out."""
    rows = rows_by_ids(ids) if ids else {}
    return jobs_json([rows[job_id] for job_id in ids if job_id in rows])


def job_json(job_id: int) -> JobJSON | None:
    """One job, None where there is none."""
    found = jobs_by_ids([job_id])
    return found[0] if found else None


def jobs_json(rows: Sequence[Row], *, count_ahead: bool = False) -> list[JobJSON]:
    """Rows as JSON: at most two more queries, however many there are.

    Their `actions` are those that the state allows; `permissions.for_person` leaves what a person may take.

    :param count_ahead: tell each pending job's place in the queue too, for one more query each.
    """
    jobs = [_job_json(row) for row in rows]
    pending = [(job, beside) for job, beside in jobs if job["status"] == _PENDING]
    if pending:
        asks = any(_may_ask_for_a_worker(job, beside) for job, beside in pending)
        workers = fleet() if asks else None
        for job, beside in pending:
            job["waiting_for"] = _waiting_for(job, beside, workers, count_ahead=count_ahead)
    _note_latest([(job, beside) for job, beside in jobs if job["status"] == _RUNNING and job["command"]])
    return [job for job, _ in jobs]


def _job_json(row: Row) -> tuple[JobJSON, _Beside]:
    """What a job tells by itself: `waiting_for` is for others to say."""
    job: JobJSON = dict(zip(_ANSWERED, row, strict=False))
    beside = _Beside._make(row[len(_ANSWERED) : WIDTH])
    status, kind = job["status"], _KINDS[bool(job["command"])]
    job["kind"] = kind
    job["resource_requirements"] = orjson.loads(beside.resource_requirements)
    job["result_data"] = None if beside.result_data is None else orjson.loads(beside.result_data)
    # Every move leaves on the job what it notes in the history; only progress may be newer than its row.
    job["latest_status"] = {
        "id": beside.latest_status_id,
        "status_type": status,
        "timestamp": job["status_changed_at"],
        "message": job["status_message"],
        "progress": job["progress"],
        "attempt": job["attempt"],
    }
    job["execution_time"] = execution_time(job["started_at"], job["completed_at"], beside.now)
    job["waiting_for"] = None
    cancelling, archived = job["cancel_requested_at"] is not None, job["archived_at"] is not None
    job["actions"] = _actions(status, kind, cancelling, beside.leased, beside.dispatched, archived)
    return job, beside


# Plain text: a list reads these for every row.
_PENDING, _RUNNING = Status.PENDING.value, Status.RUNNING.value
_KINDS = (Kind.TRACKED.value, Kind.RUN.value)


@cache  # every row of every list asks, and there are some hundred answers
def _actions(  # noqa: PLR0917  (what a cache tells apart quickest)
    status: str, kind: str, cancel_requested: bool, leased: bool, dispatched: bool, archived: bool
) -> tuple[Action, ...]:
    return legal_actions(
        Status(status),
        Kind(kind),
        cancel_requested=cancel_requested,
        leased=leased,
        dispatched=dispatched,
        archived=archived,
    )


def execution_time(started_at: datetime | None, ended_at: datetime | None, now: datetime) -> float | None:
    """Seconds from start to end, or to now; None before the start. All times are the database's."""
    if started_at is None:
        return None
    return round(max(0.0, ((ended_at or now) - started_at).total_seconds()), 3)


def _note_latest(unsure: Sequence[tuple[JobJSON, _Beside]]) -> None:
    """Tell the newest history rows of jobs whose progress may have been written without one."""
    if not unsure:
        return
    ids = [beside.latest_status_id for _, beside in unsure]
    found = fetch(_LATEST, {"ids": ids, "oldest": min(job["status_changed_at"] for job, _ in unsure)})
    noted = {row.pop("job_id"): row for row in found}
    for job, _ in unsure:
        job["latest_status"] |= noted.get(job["id"], {})


def _may_ask_for_a_worker(job: JobJSON, beside: _Beside) -> bool:
    return bool(job["command"]) and job["available_at"] <= beside.now


def _waiting_for(job: JobJSON, beside: _Beside, workers: Fleet | None, *, count_ahead: bool) -> WaitingFor:
    if beside.unmet:
        return waiting_for(WaitCode.DEPENDENCIES)
    timed = waits_for_time(beside.now, job["available_at"], job["scheduled_at"])
    if timed:
        return waiting_for(timed, until=job["available_at"])
    if beside.dispatched:
        return waiting_for(WaitCode.DISPATCHED)
    if workers is None or not job["command"]:
        return waiting_for(WaitCode.PROGRAM)
    wanted = {"cpus": beside.cpus, "memory_mb": beside.memory_mb}
    code = workers.waits_for(job["executor"], wanted)
    ahead = None
    if count_ahead and code in IN_THE_QUEUE:
        ahead = ahead_of(job, MOST_AHEAD + 1)
    would_fit = workers.nearest(job["executor"], wanted) if code is WaitCode.TOO_LARGE else None
    return waiting_for(code, ahead=ahead, would_fit=would_fit)

"""Carrying jobs into the archive and back, with their history, attempts and logs.

Each move is one transaction that copies and deletes, so a job is in exactly one place whoever is killed, and
two that move at once never take the same one. Ids stay. A job that somebody holds is left for the next turn;
whether one is due is looked at again under its lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, models, transaction

from .. import errors, events, failpoints, partitions
from ..models import Attempt, Job, JobStatus, LogChunk
from ..sql import ARCHIVE, fetch
from ..transitions import dependencies
from . import months

LOGS_COME_WITHIN = timedelta(days=7)
"""A worker that was lost may come back with the rest of a log: for so long a job waits for it here."""

# Times that a job's history may lie outside of its own: they come from another clock.
_CLOCKS_APART = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """Which jobs are to be archived: ended before `before`, and nobody has touched them since.

    `queues` are those to look at or, where `others`, all but those.
    """

    before: datetime
    queues: tuple[str, ...] = ()
    others: bool = True


_IN_QUEUES = "(queue = ANY(%(queues)s::text[])) <> %(others)s"
_DUE = f"""
    completed_at < %(before)s AND updated_at < %(before)s AND {_IN_QUEUES}
    AND NOT (completed_at > clock_timestamp() - %(logs_come_within)s AND EXISTS (
        SELECT FROM jobs_attempt AS attempt WHERE attempt.job_id = job.id AND NOT log_complete))"""

_FIND_DUE = f"""
SELECT id, created_at, completed_at, status_changed_at FROM jobs_job AS job WHERE {_DUE}
ORDER BY completed_at LIMIT %(limit)s"""
_FIND_DELETABLE = f"""
SELECT id FROM {ARCHIVE}.jobs_job WHERE completed_at < %(before)s AND {_IN_QUEUES}
ORDER BY completed_at LIMIT %(limit)s"""
_DELETE_LOGS = f"""
DELETE FROM {ARCHIVE}.jobs_logchunk WHERE (attempt_id, stream, "offset") IN (
    SELECT chunk.attempt_id, chunk.stream, chunk."offset"
    FROM {ARCHIVE}.jobs_logchunk AS chunk
    JOIN {ARCHIVE}.jobs_attempt AS attempt ON attempt.id = chunk.attempt_id
    JOIN {ARCHIVE}.jobs_job AS job ON job.id = attempt.job_id
    WHERE chunk.job_completed_at < %(before)s AND {_IN_QUEUES} LIMIT %(limit)s)"""
_LOCK_DUE = f"{_FIND_DUE} FOR UPDATE SKIP LOCKED"

_COUNT_DUE = f"SELECT count(*) AS jobs FROM jobs_job AS job WHERE {_DUE}"

# Whoever stores the rest of a log holds its attempt; the next statement then sees what was stored.
_LOCK_ATTEMPTS = """
SELECT id, shipped_stdout + shipped_stderr > 0 AS logged FROM {source}jobs_attempt
WHERE job_id = ANY(%(ids)s) ORDER BY id FOR UPDATE"""
_LOCK_ARCHIVED = f"SELECT id, version FROM {ARCHIVE}.jobs_job WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE"
_NEEDS = f"""
SELECT created_at, ARRAY(SELECT id FROM {ARCHIVE}.jobs_attempt WHERE job_id = job.id) AS attempts
FROM {ARCHIVE}.jobs_job AS job WHERE id = %(job_id)s"""

_OF_ATTEMPTS = "attempt_id = ANY(%(logged)s)"
_OF_JOBS = "job_id = ANY(%(ids)s)"
# The bounds spare the partitions of other months.
_OF_LIVE_JOBS = f'{_OF_JOBS} AND "timestamp" BETWEEN %(since)s AND %(until)s'

_TOUCHED = {'"version"': "old.version + 1", '"updated_at"': "clock_timestamp()"}
_AWAY = f"{ARCHIVE}."


def archive(due: Due, limit: int) -> int:
    """Move up to `limit` of the jobs that are due, those that ended first at first; how many were moved.

    0 also when the archive's next month cannot be made just now.
    """
    params = {**_params(due), "limit": limit}
    ready = {months.month_of(job["completed_at"]) for job in fetch(_FIND_DUE, params)}
    if not months.ensure(ready):
        return 0
    with transaction.atomic():
        jobs = [job for job in fetch(_LOCK_DUE, params) if months.month_of(job["completed_at"]) in ready]
        if jobs:
            _carry_away(jobs)
    failpoints.reach("archive.moved")
    return len(jobs)


def count_due(due: Due) -> int:
    """How many jobs are due; reads them all."""
    return int(fetch(_COUNT_DUE, _params(due))[0]["jobs"])


def restore(job_id: int, *, version: int | None = None) -> None:
    """Bring an archived job back. It is archived anew when its time has passed once more.

    :param version: bring it back only as the caller saw it.
    :raises errors.JobNotFound: the archive has no such job.
    :raises errors.StaleVersion: it has changed since.
    """
    _make_room_for(job_id)
    with transaction.atomic():
        _lock_archived(job_id, version)
        params = _held([job_id], _AWAY)
        _carry_back(params)
        failpoints.reach("archive.copied")
        _remove(params, _AWAY)
        events.changed([job_id])
    failpoints.reach("archive.moved")


def _make_room_for(job_id: int) -> None:
    """The partitions of its time, which may have been dropped since."""
    for found in fetch(_NEEDS, {"job_id": job_id}):
        partitions.ensure(since=found["created_at"], attempts=found["attempts"])


def deletable(due: Due, limit: int) -> list[int]:
    """The ids of up to `limit` archived jobs that are due, those that ended first at first."""
    return [job["id"] for job in fetch(_FIND_DELETABLE, {**_params(due), "limit": limit})]


def delete_logs(due: Due, limit: int) -> int:
    """Delete up to `limit` pieces of the logs of archived jobs that are due; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_LOGS, {**_params(due), "limit": limit})
        return int(cursor.rowcount)


def delete_one(job_id: int, *, version: int | None = None) -> None:
    """Delete an archived job with all that is its own.

    :param version: delete it only as the caller saw it.
    :raises errors.JobNotFound: the archive has no such job.
    :raises errors.StaleVersion: it has changed since.
    """
    with transaction.atomic():
        _lock_archived(job_id, version)
        delete([job_id])


def _lock_archived(job_id: int, version: int | None) -> None:
    found = fetch(_LOCK_ARCHIVED, {"ids": [job_id]})
    if not found:
        raise errors.JobNotFound(job_id)
    if version is not None and found[0]["version"] != version:
        raise errors.StaleVersion(found[0]["version"])


def delete(job_ids: Sequence[int]) -> int:
    """Delete archived jobs with all that is theirs; how many there were."""
    with transaction.atomic():
        ids = [job["id"] for job in fetch(_LOCK_ARCHIVED, {"ids": list(job_ids)})]
        if ids:
            _remove(_held(ids, _AWAY), _AWAY)
            dependencies.forget(ids)
            events.changed(ids)
    return len(ids)


def _carry_away(jobs: Sequence[Mapping[str, Any]]) -> None:
    params = _held([job["id"] for job in jobs], "") | {
        "since": min(job["created_at"] for job in jobs) - _CLOCKS_APART,
        "until": max(job["status_changed_at"] for job in jobs) + _CLOCKS_APART,
    }
    ended = "(SELECT completed_at FROM jobs_job WHERE id = {job})"
    key = {"job_completed_at": ended.format(job="old.job_id")}
    of_attempt = ended.format(job="(SELECT job_id FROM jobs_attempt WHERE id = old.attempt_id)")
    _copy(JobStatus, _AWAY, _OF_LIVE_JOBS, params, key)
    _copy(Attempt, _AWAY, _OF_JOBS, params, key)
    _copy(LogChunk, _AWAY, _OF_ATTEMPTS, params, {"job_completed_at": of_attempt})
    _copy(Job, _AWAY, "id = ANY(%(ids)s)", params, {**_TOUCHED, '"archived_at"': "clock_timestamp()"})
    failpoints.reach("archive.copied")
    _remove(params, "")


def _carry_back(params: Mapping[str, Any]) -> None:
    # The counters take it as a job that they have seen end.
    _run("SET LOCAL jobdeck.restoring = 'on'", {})
    _copy(Job, "", "id = ANY(%(ids)s)", params, {**_TOUCHED, '"archived_at"': "NULL"})
    _run("SET LOCAL jobdeck.restoring = 'off'", {})
    _copy(JobStatus, "", _OF_JOBS, params)
    _copy(Attempt, "", _OF_JOBS, params)
    _copy(LogChunk, "", _OF_ATTEMPTS, params)


def _held(ids: Sequence[int], source: str) -> dict[str, Any]:
    """The jobs' ids and those of their attempts that wrote something, locked."""
    attempts = fetch(_LOCK_ATTEMPTS.format(source=source), {"ids": list(ids)})
    return {"ids": list(ids), "logged": [attempt["id"] for attempt in attempts if attempt["logged"]]}


def _copy(
    model: type[models.Model],
    target: str,
    condition: str,
    params: Mapping[str, Any],
    instead: Mapping[str, str] | None = None,
) -> None:
    """Copy a model's rows to `target` from the other schema, with other values, or more, `instead`."""
    source = "" if target else _AWAY
    values = {name: f"old.{name}" for name in _columns(model, writable=not target)} | dict(instead or {})
    table = model._meta.db_table
    _run(
        f"INSERT INTO {target}{table} ({', '.join(values)}) SELECT {', '.join(values.values())}"
        f" FROM {source}{table} AS old WHERE {condition}",
        params,
    )


def _remove(params: Mapping[str, Any], source: str) -> None:
    """Delete jobs; live ones take their history along by its foreign key."""
    _run(f"DELETE FROM {source}jobs_logchunk WHERE {_OF_ATTEMPTS}", params)
    _run(f"DELETE FROM {source}jobs_attempt WHERE {_OF_JOBS}", params)
    if source:
        _run(f"DELETE FROM {source}jobs_jobstatus WHERE {_OF_JOBS}", params)
    _run(f"DELETE FROM {source}jobs_job WHERE id = ANY(%(ids)s)", params)


@cache
def _columns(model: type[models.Model], *, writable: bool) -> tuple[str, ...]:
    """A model's columns, quoted; without those that PostgreSQL computes where it is to be `writable`."""
    fields = (field for field in model._meta.concrete_fields if field.column)
    return tuple(f'"{field.column}"' for field in fields if not (writable and field.generated))


def _params(due: Due) -> dict[str, Any]:
    return {**asdict(due), "queues": list(due.queues), "logs_come_within": LOGS_COME_WITHIN}


def _run(statement: str, params: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)

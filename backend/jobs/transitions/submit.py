"""submit: new jobs, PENDING, each with the first row of its history."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from django.db import connection, transaction

from .. import events
from ..models import Job
from ..states import Status
from . import dependencies, statement


def submit(fields: Mapping[str, Any], *, owner_id: int | None, message: str = "") -> Job:
    """Store a job from checked `fields` (names of `Job`) and wake the engine."""
    with transaction.atomic():
        (job_id,) = submit_many([fields], owner_id=owner_id, message=message)
        return Job.objects.get(pk=job_id)


def submit_many(rows: Sequence[Mapping[str, Any]], *, owner_id: int | None, message: str = "") -> list[int]:
    """Store jobs in one statement, all or none, and wake the engine; their ids, in the order of `rows`.
    `rows` is not empty. Those of `depends_on` have `wants` and the `job` that they name, or its `index` among
    `rows`; a few thousand are best, because the statement holds them all in memory.
    """
    jobs = [{name: value for name, value in row.items() if name != "depends_on"} for row in rows]
    params: dict[str, Any] = {
        **_DEFAULTS,
        "rows": orjson.dumps(jobs).decode(),
        "owner_id": owner_id,
        "status_message": message,
    }
    with transaction.atomic():
        ids = [row["id"] for row in statement.rows(_insert_many(frozenset().union(*jobs)), params)]
        dependencies.add(
            [
                _dependency(job_id, one, ids)
                for job_id, row in zip(ids, rows, strict=True)
                for one in row.get("depends_on", ())
            ]
        )
        events.changed(ids)
        events.wake()
    return ids


def _dependency(job_id: int, said: Mapping[str, Any], ids: Sequence[int]) -> dict[str, Any]:
    upstream = said["job"] if "job" in said else ids[said["index"]]
    return {"job_id": job_id, "upstream_id": upstream, "wants": said["wants"]}


# Columns that a move writes, or the statement itself.
_SET_HERE = {
    "status": f"'{Status.PENDING.value}'",
    "latest_status_id": "nextval('jobs_jobstatus_id_seq')",
    "created_at": "moment.now",
    "updated_at": "moment.now",
    "status_changed_at": "moment.now",
    "owner_id": "%(owner_id)s",
    "status_message": "%(status_message)s",
}
_COLUMNS = {
    field.attname: field
    for field in Job._meta.concrete_fields
    if field.attname not in ("id", "available_at", *_SET_HERE)
    and not (field.generated or field.has_db_default())
}
_DEFAULTS = {
    name: orjson.dumps(default).decode() if isinstance(default := field.get_default(), dict) else default
    for name, field in _COLUMNS.items()
}


@cache  # callers give the same few fields over and over
def _insert_many(given: frozenset[str]) -> str:
    """The statement for rows that have some of the fields `given`; one not given is its default."""
    names = sorted(given)
    types = ", ".join(f"{name} {_COLUMNS[name].db_type(connection)}" for name in names)
    values = _SET_HERE | {
        name: f"coalesce(row.{name}, %({name})s)" if name in given else f"%({name})s" for name in _COLUMNS
    }
    values["available_at"] = (
        "coalesce(row.scheduled_at, moment.now)" if "scheduled_at" in given else "moment.now"
    )
    return f"""
WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS now),
made AS (
    INSERT INTO jobs_job ({", ".join(values)})
    SELECT {", ".join(values.values())}
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS row ({types}), moment
    RETURNING id, latest_status_id, status, status_changed_at, status_message, attempt, progress
),
noted AS (
    INSERT INTO jobs_jobstatus (id, job_id, status_type, timestamp, message, progress, attempt)
    SELECT latest_status_id, id, status, status_changed_at, status_message, progress, attempt FROM made
)
SELECT id FROM made ORDER BY id"""

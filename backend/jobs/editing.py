"""Changing what a job is called and when it goes, while that still means something."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from . import errors, events
from .models import Job
from .states import ENDED, Status

# The schedule decides when a waiting job may be claimed; without one it may be now.
_AVAILABLE = """available_at = CASE WHEN status = 'PENDING'
    THEN greatest(%(scheduled_at)s, clock_timestamp()) ELSE available_at END"""

EDITABLE = "dispatched_at IS NULL AND (status = 'PENDING' OR (command = '' AND status = 'RUNNING'))"

_EDIT = """
UPDATE jobs_job SET {changes}, updated_at = clock_timestamp(), version = version + 1
WHERE id = %(job_id)s AND {editable}
  AND (%(version)s::int IS NULL OR version = %(version)s)
RETURNING version"""

# Of many: what a field becomes, and where that is a change.
_ADDED = """tags || ARRAY(SELECT tag FROM unnest(%(value)s::varchar[]) WITH ORDINALITY AS given (tag, place)
    WHERE NOT tag = ANY(tags) ORDER BY place)"""
_LEFT = """ARRAY(SELECT tag FROM unnest(tags) WITH ORDINALITY AS had (tag, place)
    WHERE NOT tag = ANY(%(value)s::varchar[]) ORDER BY place)"""
_CHANGES = {
    "priority": ("priority", "%(value)s::smallint"),
    "tags": ("tags", "%(value)s::varchar[]"),
    "add_tags": ("tags", _ADDED),
    "remove_tags": ("tags", _LEFT),
}
_EDIT_MANY = """
UPDATE jobs_job SET {column} = {value}, updated_at = clock_timestamp(), version = version + 1
WHERE id = ANY(%(ids)s) AND {editable}
RETURNING id"""


def edit(job_id: int, changes: Mapping[str, Any], *, version: int | None = None) -> int:
    """Change fields of a job that waits here, or of a tracked one that has not ended; its new version.

    :param changes: checked values by the names of the columns; the API says which may be changed.
    :param version: change it only as the caller saw it.
    :raises errors.JobNotFound: there is no such job.
    :raises errors.NotEditable: it is too late.
    :raises errors.StaleVersion: it has changed since.
    """
    known = {field.attname for field in Job._meta.concrete_fields}
    assignments = [f"{name} = %({name})s" for name in sorted(known.intersection(changes))]
    if "scheduled_at" in changes:
        assignments.append(_AVAILABLE)
    sql = _EDIT.format(changes=", ".join(assignments), editable=EDITABLE)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, {**changes, "job_id": job_id, "version": version})
        row = cursor.fetchone()
        if row is None:
            raise _refusal(job_id, version)
        events.changed([job_id])
        events.wake()
    return int(row[0])


def edit_many(ids: Sequence[int], change: str, value: Any) -> set[int]:
    """Change the same of many jobs where it can be; of which it was. The caller has locked them in order.

    :param change: "priority" or "tags" (set to `value`), "add_tags" or "remove_tags" (those of `value`).
    """
    column, new = _CHANGES[change]
    sql = _EDIT_MANY.format(column=column, value=new, editable=EDITABLE)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(ids), "value": value})
        changed = {int(row[0]) for row in cursor.fetchall()}
        events.changed(changed)
        events.wake()
    return changed


def _refusal(job_id: int, version: int | None) -> errors.Problem:
    job = Job.objects.filter(pk=job_id).only("status", "version", "command", "dispatched_at").first()
    if job is None:
        return errors.JobNotFound(job_id)
    status = Status(job.status)
    if status in ENDED:
        return errors.NotEditable(status, "The job has ended, so it can no longer be edited.")
    if version is not None and job.version != version:
        return errors.StaleVersion(job.version)
    if job.dispatched_at is not None:
        return errors.NotEditable(status, "Another system has this job as it is, so it cannot be edited now.")
    return errors.NotEditable(status)

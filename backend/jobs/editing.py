"""Changing what a job is called and when it goes, while that still means something."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from . import errors, events
from .models import Job
from .states import ENDED, Status

# The schedule decides when a waiting job may be claimed; without one it may be now.
_AVAILABLE = """available_at = CASE WHEN status = 'PENDING'
    THEN greatest(%(scheduled_at)s, clock_timestamp()) ELSE available_at END"""

_EDIT = """
UPDATE jobs_job SET {changes}, updated_at = clock_timestamp(), version = version + 1
WHERE id = %(job_id)s AND dispatched_at IS NULL
  AND (status = 'PENDING' OR (command = '' AND status = 'RUNNING'))
  AND (%(version)s::int IS NULL OR version = %(version)s)
RETURNING version"""


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
    sql = _EDIT.format(changes=", ".join(assignments))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, {**changes, "job_id": job_id, "version": version})
        row = cursor.fetchone()
        if row is None:
            raise _refusal(job_id, version)
        events.changed([job_id])
        events.wake()
    return int(row[0])


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

"""submit: a new job, PENDING, with the first row of its history."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from .. import events, failpoints
from ..models import Job, JobStatus
from ..states import Status


def submit(fields: Mapping[str, Any], *, owner_id: int | None, message: str = "") -> Job:
    """Store a job from checked `fields` (names of `Job`) and wake the engine."""
    with transaction.atomic():
        job = _insert(fields, owner_id, message)
        events.changed([job.pk])
        events.wake()
    return job


def _insert(fields: Mapping[str, Any], owner_id: int | None, message: str) -> Job:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('jobs_jobstatus_id_seq'), clock_timestamp()")
        status_id, now = cursor.fetchone()
    job = Job.objects.create(
        **fields,
        owner_id=owner_id,
        status=Status.PENDING.value,
        status_message=message,
        status_changed_at=now,
        latest_status_id=status_id,
        available_at=fields.get("scheduled_at") or now,
    )
    JobStatus.objects.create(
        id=status_id, job=job, status_type=Status.PENDING.value, timestamp=now, message=message, attempt=1
    )
    failpoints.reach("transitions.moved")
    return job

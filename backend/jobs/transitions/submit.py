"""submit: a new job, PENDING, with the first row of its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction

from .. import errors, events, failpoints
from ..models import Job, JobStatus
from ..states import Status


@dataclass(frozen=True, slots=True)
class Submitted:
    """The job, and whether this call made it (False: an earlier one with the same idempotency key did)."""

    job: Job
    created: bool


def submit(
    fields: Mapping[str, Any],
    *,
    owner_id: int | None,
    message: str = "",
    idempotency_key: str = "",
    idempotency_digest: str = "",
) -> Submitted:
    """Store a job from checked `fields` (names of `Job`) and wake the engine.

    Under an idempotency key the same request may be repeated: the first one's job is returned, as it is now.

    :raises errors.IdempotencyKeyReused: the key was used for another body.
    """
    try:
        with transaction.atomic():
            job = _insert(fields, owner_id, message, idempotency_key, idempotency_digest)
            events.changed([job.pk])
            events.wake()
    except IntegrityError as error:
        if not idempotency_key or "job_one_per_idempotency_key" not in str(error):
            raise
        return Submitted(_earlier(owner_id, idempotency_key, idempotency_digest), created=False)
    return Submitted(job, created=True)


def _insert(fields: Mapping[str, Any], owner_id: int | None, message: str, key: str, digest: str) -> Job:
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
        idempotency_key=key,
        idempotency_digest=digest,
    )
    JobStatus.objects.create(
        id=status_id, job=job, status_type=Status.PENDING.value, timestamp=now, message=message, attempt=1
    )
    failpoints.reach("transitions.moved")
    return job


def _earlier(owner_id: int | None, key: str, digest: str) -> Job:
    job = Job.objects.get(owner_id=owner_id, idempotency_key=key)
    if job.idempotency_digest != digest:
        raise errors.IdempotencyKeyReused(job_id=job.pk)
    return job

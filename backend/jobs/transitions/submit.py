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
    else:
        return Submitted(job, created=True)
    earlier = Job.objects.filter(owner_id=owner_id, idempotency_key=idempotency_key).first()
    if earlier is None:  # deleted between the conflict and this look: the key is free again
        return submit(
            fields,
            owner_id=owner_id,
            message=message,
            idempotency_key=idempotency_key,
            idempotency_digest=idempotency_digest,
        )
    if earlier.idempotency_digest != idempotency_digest:
        raise errors.IdempotencyKeyReused(job_id=earlier.pk)
    return Submitted(earlier, created=False)


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

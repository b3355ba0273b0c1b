"""delete: a job goes with all that belongs to it."""

from collections.abc import Sequence

from django.db import transaction

from .. import errors, events
from ..states import Status
from . import dependencies
from .statement import rows

_LOCK = """
SELECT id, status, version, dispatched_at FROM jobs_job WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE"""

# A statement of its own: it waits for a shipper who holds an attempt, and the next one sees what he has stored.
_DELETE_ATTEMPTS = "DELETE FROM jobs_attempt WHERE job_id = ANY(%(ids)s) RETURNING id"

# The history goes by its foreign key; attempts and logs have none.
_DELETE = """
WITH logs AS (
    DELETE FROM jobs_logchunk WHERE attempt_id = ANY(%(attempts)s::bigint[])
)
DELETE FROM jobs_job WHERE id = ANY(%(ids)s) RETURNING id
"""


def delete(job_id: int, *, version: int | None = None) -> None:
    """Delete a job that does not run, with its history, attempts and logs.

    :param version: delete it only as the caller saw it.
    :raises errors.JobNotFound: there is no such job.
    :raises errors.WrongState: it runs, or another system has it.
    :raises errors.StaleVersion: it has changed since.
    """
    with transaction.atomic():
        found = rows(_LOCK, {"ids": [job_id]})
        if not found:
            raise errors.JobNotFound(job_id)
        if found[0]["status"] == Status.RUNNING:
            raise errors.WrongState(Status.RUNNING, "A running job cannot be deleted. Cancel it first.")
        if found[0]["dispatched_at"] is not None:
            raise errors.WrongState(
                Status.PENDING, "Another system has this job, so it cannot be deleted. Cancel it first."
            )
        if version is not None and found[0]["version"] != version:
            raise errors.StaleVersion(found[0]["version"])
        _delete([job_id])


def delete_many(ids: Sequence[int]) -> set[int]:
    """Delete those of these jobs that neither run nor wait in another system; which they were."""
    with transaction.atomic():
        found = rows(_LOCK, {"ids": list(ids)})
        at_rest = [
            row["id"] for row in found if row["status"] != Status.RUNNING and row["dispatched_at"] is None
        ]
        _delete(at_rest)
    return set(at_rest)


def _delete(ids: Sequence[int]) -> None:
    attempts = [row["id"] for row in rows(_DELETE_ATTEMPTS, {"ids": list(ids)})]
    dependencies.forget(ids)
    rows(_DELETE, {"ids": list(ids), "attempts": attempts})
    events.changed(ids)

"""cancel: at once where nothing runs, otherwise a request that the engine carries out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from .. import errors, events
from ..models import Job
from ..states import Status
from . import dependencies
from .statement import move, rows


@dataclass(frozen=True, slots=True)
class Cancelled:
    """`at_once`: the job is CANCELLED; otherwise it still runs and the request is recorded."""

    at_once: bool


# A tracked job's program cannot be signalled; it learns of the cancel by the 409 to its next report.
_AT_ONCE = "(job.status = 'PENDING' OR job.command = '')"

# Locked by a statement of its own, so that the next one sees the attempt that a claim for which this waited has
# opened. In one statement the job would be ended and its attempt, newer than the statement, left open for good.
_LOCK = "SELECT id, version FROM jobs_job WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"

_CANCEL = move(
    f"""
        status = CASE WHEN {_AT_ONCE} THEN 'CANCELLED' ELSE job.status END,
        lease = CASE WHEN {_AT_ONCE} THEN NULL ELSE job.lease END,
        dispatched_at = NULL,
        completed_at = CASE WHEN {_AT_ONCE} THEN clock_timestamp() END,
        reason = CASE WHEN {_AT_ONCE} THEN 'cancelled' ELSE '' END,
        status_message = CASE WHEN {_AT_ONCE} THEN 'Cancelled by ' ELSE 'Cancel requested by ' END || %(by)s,
        cancel_requested_at = clock_timestamp(), cancel_requested_by = %(by)s""",
    """job.id = ANY(%(ids)s) AND job.status IN ('PENDING', 'RUNNING')
       AND (job.status = 'PENDING' OR job.cancel_requested_at IS NULL)""",
    after="""
ended AS (
    UPDATE jobs_attempt AS a SET ended_at = clock_timestamp(), reason = 'cancelled', log_complete = true
    FROM moved
    WHERE a.job_id = moved.id AND a.number = moved.attempt AND a.ended_at IS NULL AND moved.status = 'CANCELLED'
),""",
    result="SELECT id, status FROM moved",
)


def cancel_many(ids: Sequence[int], *, by: str) -> dict[int, Status]:
    """End those of these jobs that wait, and ask for the end of those that run; what each is now.

    The others (ended, asked already, not there) are left out.
    """
    with transaction.atomic():
        rows(_LOCK, {"ids": list(ids)})
        changed = rows(_CANCEL, {"ids": list(ids), "by": by})
        if changed:
            events.changed(row["id"] for row in changed)
            events.wake()
            dependencies.ended([row["id"] for row in changed if row["status"] == Status.CANCELLED])
    return {row["id"]: Status(row["status"]) for row in changed}


_TRIES = 3  # a job that keeps moving between our look and our read is told apart from one that has ended


def cancel(job_id: int, *, by: str, version: int | None = None) -> Cancelled:
    """End a job that waits, or ask for the end of one that runs. Asking again changes nothing.

    :param version: cancel it only as the caller saw it.
    :raises errors.JobNotFound: there is no such job.
    :raises errors.StaleVersion: it has changed since.
    :raises errors.WrongState: it has ended.
    """
    status = ""
    for _ in range(_TRIES):
        with transaction.atomic():
            if version is not None:
                present = rows(_LOCK, {"ids": [job_id]})
                if present and version != present[0]["version"]:
                    raise errors.StaleVersion(present[0]["version"])
            changed = cancel_many([job_id], by=by)
        if changed:
            return Cancelled(at_once=changed[job_id] is Status.CANCELLED)
        found = Job.objects.filter(pk=job_id).values_list("status", "cancel_requested_at").first()
        if found is None:
            raise errors.JobNotFound(job_id)
        status, requested_at = found
        if status == Status.RUNNING and requested_at is not None:
            return Cancelled(at_once=False)
        if status not in (Status.PENDING, Status.RUNNING):
            break
    raise errors.WrongState(status, "The job has already ended.")

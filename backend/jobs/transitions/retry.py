"""retry: a person starts an ended job again. What its earlier attempts left stays with them."""

from django.db import transaction

from .. import errors, events
from ..models import Job
from ..states import Status
from .statement import move, rows

_RETRY = move(
    """
        status = 'PENDING', attempt = job.attempt + 1, attempts_used = 0, available_at = clock_timestamp(),
        started_at = NULL, completed_at = NULL, progress = NULL, exit_code = NULL, signal = NULL, reason = '', error_message
        = '', result_data = NULL, cancel_requested_at = NULL, cancel_requested_by = '', status_message =
        'Retried by ' || %(by)s""",
    "job.id = %(job_id)s AND job.status IN ('COMPLETED', 'FAILED', 'CANCELLED')",
    result="SELECT id FROM moved",
)


def retry(job_id: int, *, by: str) -> None:
    """Make an ended job PENDING under a new attempt number; `max_attempts` counts from zero again.

    :raises errors.JobNotFound: there is no such job.
    :raises errors.WrongState: it waits or runs.
    """
    with transaction.atomic():
        if rows(_RETRY, {"job_id": job_id, "by": by}):
            events.changed([job_id])
            events.wake()
            return
    status = Job.objects.filter(pk=job_id).values_list("status", flat=True).first()
    if status is None:
        raise errors.JobNotFound(job_id)
    raise errors.WrongState(Status(status), "Only a job that has ended can be retried.")

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
    """job.id = %(job_id)s AND job.status IN ('COMPLETED', 'FAILED', 'CANCELLED')
       AND (%(version)s::int IS NULL OR job.version = %(version)s)""",
    result="SELECT id FROM moved",
)


def retry(job_id: int, *, by: str, version: int | None = None) -> None:
    """Make an ended job PENDING under a new attempt number; `max_attempts` counts from zero again.

    :param version: retry it only as the caller saw it.
    :raises errors.JobNotFound: there is no such job.
    :raises errors.StaleVersion: it has changed since.
    :raises errors.WrongState: it waits or runs.
    """
    with transaction.atomic():
        if rows(_RETRY, {"job_id": job_id, "by": by, "version": version}):
            events.changed([job_id])
            events.wake()
            return
    found = Job.objects.filter(pk=job_id).values_list("status", "version").first()
    if found is None:
        raise errors.JobNotFound(job_id)
    status, present = found
    if version not in (None, present):
        raise errors.StaleVersion(present)
    raise errors.WrongState(Status(status), "Only a job that has ended can be retried.")

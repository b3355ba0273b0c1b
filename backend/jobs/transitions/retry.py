"""retry: a person starts an ended job again. What its earlier attempts left stays with them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from .. import errors, events
from ..models import ENDED_VALUES, Job
from ..states import Status
from . import dependencies
from .statement import move, rows

_RETRY = move(
    """
        status = 'PENDING', attempt = job.attempt + 1, attempts_used = 0,
        available_at = CASE WHEN %(in_place)s THEN job.available_at ELSE clock_timestamp() END,
        started_at = NULL, completed_at = NULL, progress = NULL, exit_code = NULL, signal = NULL, reason = '', error_message
        = '', result_data = NULL, cancel_requested_at = NULL, cancel_requested_by = '', status_message =
        %(how)s || %(by)s""",
    """job.id = ANY(%(ids)s) AND job.status = ANY(%(ended)s)
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
    if _move({"ids": [job_id], "by": by, "version": version, **_RETRIED}):
        return
    found = Job.objects.filter(pk=job_id).values_list("status", "version").first()
    if found is None:
        raise errors.JobNotFound(job_id)
    status, present = found
    if version not in (None, present):
        raise errors.StaleVersion(present)
    raise errors.WrongState(Status(status), "Only a job that has ended can be retried.")


def retry_many(ids: Sequence[int], *, by: str) -> set[int]:
    """Make those of these jobs PENDING that have ended; which they were. The caller has locked them in order."""
    return _move({"ids": list(ids), "by": by, "version": None, **_RETRIED})


def uncancel_many(ids: Sequence[int], *, by: str) -> set[int]:
    """Put those of these jobs that are cancelled back where they waited: as `retry_many`, at their old place."""
    return _move({"ids": list(ids), "by": by, "version": None, **_UNCANCELLED})


_RETRIED = {"how": "Retried by ", "in_place": False, "ended": ENDED_VALUES}
_UNCANCELLED = {"how": "Cancel undone by ", "in_place": True, "ended": [Status.CANCELLED.value]}


def _move(params: Mapping[str, Any]) -> set[int]:
    with transaction.atomic():
        moved = {row["id"] for row in rows(_RETRY, params)}
        if moved:
            events.changed(moved)
            events.wake()
            dependencies.wait_again(sorted(moved))
    return moved

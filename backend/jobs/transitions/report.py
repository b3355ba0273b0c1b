"""report: the program that does a tracked job's work says how it stands."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from .. import errors, events
from ..models import Job
from ..states import ENDED, Mover, Status, may_move, reachable
from . import dependencies
from .statement import move, rows


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported. `status` None means: as it is, with news. `None` elsewhere means: not said."""

    status: Status | None = None
    message: str | None = None
    progress: int | None = None
    result_data: Any = None
    error_message: str | None = None


_ENDS = "(%(status)s IN ('COMPLETED', 'FAILED', 'CANCELLED'))"

_REPORT = move(
    f"""
        status = %(status)s,
        lease = CASE WHEN {_ENDS} THEN NULL ELSE job.lease END,
        started_at = CASE WHEN job.status = 'PENDING' AND %(status)s = 'RUNNING' THEN clock_timestamp()
                          ELSE job.started_at END,
        completed_at = CASE WHEN {_ENDS} THEN clock_timestamp() END,
        progress = CASE WHEN %(progress)s::smallint IS NOT NULL THEN %(progress)s::smallint
                        WHEN %(status)s = 'COMPLETED' AND job.progress IS NOT NULL THEN 100 ELSE job.progress END,
        reason = CASE %(status)s WHEN 'FAILED' THEN 'reported' WHEN 'CANCELLED' THEN 'cancelled' ELSE '' END,
        error_message = coalesce(%(error_message)s, job.error_message),
        result_data = coalesce(%(result_data)s::jsonb, job.result_data),
        status_message = coalesce(%(message)s, CASE WHEN job.status = %(status)s THEN job.status_message ELSE '' END)""",
    """job.id = ANY(%(ids)s) AND job.command = '' AND job.status = ANY(%(current)s)
       AND (%(attempt)s::int IS NULL OR job.attempt = %(attempt)s::int)
       AND job.lease IS NOT DISTINCT FROM %(lease)s::uuid
       AND (%(version)s::int IS NULL OR job.version = %(version)s::int)""",
    after=f"""
held AS (
    INSERT INTO jobs_attempt AS a (job_id, number, worker_name, started_at, ended_at, reason, error_message, result_data,
                                   log_complete)
    SELECT id, attempt, '', coalesce(started_at, completed_at), completed_at, reason,
           CASE WHEN {_ENDS} THEN error_message ELSE '' END, CASE WHEN {_ENDS} THEN result_data END,
           {_ENDS}
    FROM moved
    ON CONFLICT (job_id, number) DO UPDATE SET
        ended_at = excluded.ended_at, reason = excluded.reason, error_message = excluded.error_message,
        result_data = excluded.result_data, log_complete = excluded.log_complete,
        lease_until = CASE WHEN a.lease IS NULL THEN NULL
                           ELSE clock_timestamp() + a.lease_seconds * interval '1 second' END
),""",
    result="SELECT id FROM moved",
)

_TRIES = 3


def report(job_id: int, said: Report, *, lease: UUID | None = None, version: int | None = None) -> None:
    """Carry a report out, and renew the lease under which it was made.

    Without a lease it holds for the job as it was read here, or as the caller saw it (`version`).

    :raises errors.JobNotFound: there is no such job.
    :raises errors.NotTracked: the engine runs it.
    :raises errors.WrongState: the move is not legal.
    :raises errors.LeaseHeld: it was claimed, and the report names no lease or another one.
    :raises errors.StaleVersion: it has changed since.
    """
    for _ in range(_TRIES):
        job = _read(job_id)
        status = _allowed(job, said, lease, version)
        with transaction.atomic():
            if rows(_REPORT, _params(job, status, said, lease, version)):
                events.changed([job_id])
                if status in ENDED:
                    dependencies.ended([job_id])
                return
    raise errors.WrongState(_read(job_id).status, "The job keeps changing. Read it again, then report.")


def _read(job_id: int) -> Job:
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise errors.JobNotFound(job_id)
    return job


def _allowed(job: Job, said: Report, lease: UUID | None, version: int | None) -> Status:
    current = Status(job.status)
    wanted = said.status or current
    if job.command:
        raise errors.NotTracked(current)
    if version is not None and job.version != version:
        raise errors.StaleVersion(job.version)
    if job.lease != lease:
        raise errors.LeaseHeld(current) if job.lease else errors.LeaseLost(current)
    if not may_move(Mover.REPORTER, current, wanted):
        may = ", ".join(reachable(Mover.REPORTER, current)) or "nothing until it is retried"
        raise errors.WrongState(current, f"A {current} job cannot become {wanted}. It can become: {may}.")
    return wanted


def report_many(ids: Sequence[int], said: Report) -> set[int]:
    """Report the same of many tracked jobs without a lease, where that is legal; of which it was.

    The caller has locked them in order.
    """
    status = said.status
    assert status is not None  # noqa: S101  (news of many jobs at once say how they stand)
    current = [one.value for one in Status if may_move(Mover.REPORTER, one, status)]
    with transaction.atomic():
        params = {"ids": list(ids), "current": current, "attempt": None, "lease": None, "version": None}
        reported = {row["id"] for row in rows(_REPORT, {**params, **_said(status, said)})}
        events.changed(reported)
        if status in ENDED:
            dependencies.ended(reported)
    return reported


def _params(
    job: Job, status: Status, said: Report, lease: UUID | None, version: int | None
) -> dict[str, Any]:
    of_the_job = {"ids": [job.pk], "current": [job.status], "attempt": job.attempt}
    return {**of_the_job, "lease": lease, "version": version, **_said(status, said)}


def _said(status: Status, said: Report) -> dict[str, Any]:
    return {
        "status": status.value,
        "message": said.message,
        "progress": said.progress,
        "error_message": said.error_message,
        "result_data": None if said.result_data is None else json.dumps(said.result_data),
    }

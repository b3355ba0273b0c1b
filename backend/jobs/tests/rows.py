"""Jobs in each state, made by the moves themselves, and plain SQL to look at them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from jobs import transitions
from jobs.attempts import AttemptRef, Claimed
from jobs.models import Attempt, Job
from jobs.states import Kind, Reason, Status
from jobs.transitions import Claimer, Dispatched, Ending, Report

EMPTY_ALL = """
DELETE FROM jobs_job; DELETE FROM jobs_attempt; DELETE FROM jobs_logchunk; DELETE FROM jobs_worker;
DELETE FROM jobs_activity; DELETE FROM jobs_activitydelta;
DELETE FROM jobs_searchblock; DELETE FROM jobs_searchsegment; DELETE FROM jobs_searchtouched;
UPDATE jobs_searchprogress SET reserved_to = 0, built_to = 0;
DELETE FROM jobs_idempotentrequest;
DELETE FROM jobdeck_archive.jobs_job; DELETE FROM jobdeck_archive.jobs_jobstatus;
DELETE FROM jobdeck_archive.jobs_attempt; DELETE FROM jobdeck_archive.jobs_logchunk;
DELETE FROM jobs_keeptime;
DELETE FROM jobs_operationoutcome; DELETE FROM jobs_operation;
"""  # jobs first: their triggers write to the counters


def sql(statement: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement; its rows, if it gives any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return list(cursor.fetchall()) if cursor.description else []


def clean() -> None:
    """Empty the tables of jobs; the history goes with them."""
    sql(EMPTY_ALL)


def submit(command: str = "true", **fields: Any) -> Job:
    """A pending job; tracked with an empty command."""
    return transitions.submit({"name": "sum", "command": command, **fields}, owner_id=None)


def claim(job: Job, lease_seconds: int = 900) -> Claimed:
    """This very job, running under a lease."""
    (claimed,) = claim_ids([job.pk], kind=job.kind, lease_seconds=lease_seconds)
    return claimed


def claim_ids(ids: Sequence[int], *, kind: Kind = Kind.RUN, lease_seconds: int = 900) -> list[Claimed]:
    """Those of these jobs that can be claimed now."""
    claimer = Claimer(name="anvil", lease_seconds=lease_seconds, kind=kind)
    return transitions.claim(claimer, lambda shown: [one.id for one in shown if one.id in ids], look=100)


def running(command: str = "true", **fields: Any) -> Claimed:
    """A job that was just claimed."""
    return claim(submit(command, **fields))


def dispatch_ids(ids: Sequence[int]) -> list[Dispatched]:
    """Those of these jobs that can be dispatched now."""
    dispatcher = Claimer(name="anvil", lease_seconds=900)
    return transitions.dispatch(
        dispatcher, lambda shown: [job.id for job in shown if job.id in ids], look=100
    )


def dispatched(command: str = "true", **fields: Any) -> AttemptRef:
    """A job's attempt that waits in another system's queue."""
    (one,) = dispatch_ids([submit(command, **fields).pk])
    return one.ref


def ending(claimed: Claimed, status: Status = Status.COMPLETED, **changes: Any) -> Ending:
    """How `claimed` might end: well, or with exit code 1."""
    good = status is Status.COMPLETED
    defaults: dict[str, Any] = {
        "ref": claimed.ref,
        "status": status,
        "message": "Exit code 0" if good else "Exit code 1",
        "reason": None if good else Reason.EXIT_CODE,
        "exit_code": 0 if good else 1,
    }
    return Ending(**{**defaults, **changes})


def ended(status: Status = Status.COMPLETED, **fields: Any) -> Job:
    """A job that the engine ran to its end."""
    claimed = running(**fields)
    transitions.settle([ending(claimed, status)])
    return fresh(claimed.ref.job_id)


def reported(job: Job, status: Status, **said: Any) -> Job:
    """A tracked job after a report without a lease."""
    transitions.report(job.pk, Report(status=status, **said))
    return fresh(job.pk)


def fresh(job_id: int) -> Job:
    """The job as the database has it."""
    return Job.objects.get(pk=job_id)


def attempt_of(claimed: Claimed) -> Attempt:
    """Its attempt as the database has it."""
    return Attempt.objects.get(pk=claimed.ref.attempt_id)


def expire(attempt_id: int, seconds: int = 3600) -> None:
    """Let the lease have run out so long ago."""
    sql(
        "UPDATE jobs_attempt SET lease_until = now() - %s * interval '1 second' WHERE id = %s",
        [seconds, attempt_id],
    )


def history(job_id: int) -> list[str]:
    """The statuses of its history, oldest first."""
    rows = sql("SELECT status_type FROM jobs_jobstatus WHERE job_id = %s ORDER BY id", [job_id])
    return [status for (status,) in rows]


NO_LEASE = UUID("00000000-0000-4000-8000-000000000000")

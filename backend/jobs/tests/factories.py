"""Jobs in every state, each made by the very moves that make it in production; and workers."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from accounts.models import User
from jobs import logs, transitions
from jobs.attempts import AttemptRef
from jobs.logs import Stream
from jobs.models import Attempt, Job, Worker
from jobs.states import Kind, Reason, Status
from jobs.transitions import Candidate, Claimer, Ending, ProgressNews, Report

Maker = Callable[..., Job]


def pending(*, owner: User | None = None, **fields: Any) -> Job:
    """A job that the engine will run."""
    return tracked(owner=owner, **{"command": "true", **fields})


def tracked(*, owner: User | None = None, **fields: Any) -> Job:
    """A job that a program reports on."""
    named = {"name": "A job", **fields}
    return transitions.submit(named, owner_id=owner.pk if owner else None)


def dispatched(**fields: Any) -> Job:
    """A job that waits in the queue of another system."""
    job = pending(**{"executor": "slurm", **fields})
    dispatcher = Claimer(name="w1", lease_seconds=60, id=uuid4(), executor=job.executor)
    assert transitions.dispatch(
        dispatcher, lambda found: [one.id for one in found if one.id == job.pk], look=1000
    )
    return again(job)


def running(*, worker: UUID | None = None, **fields: Any) -> Job:
    """A job that the engine runs, under a lease."""
    job = pending(**fields)
    claim(job, worker=worker)
    transitions.start([(ref_of(job), timezone.now())])
    return again(job)


def claimed(**fields: Any) -> Job:
    """A tracked job, RUNNING under a lease."""
    job = tracked(**fields)
    claim(job, kind=Kind.TRACKED)
    return again(job)


def completed(*, exit_code: int = 0, result_data: Any = None, **fields: Any) -> Job:
    job = running(**fields)
    return end(job, Status.COMPLETED, exit_code=exit_code, result_data=result_data)


def failed(
    *,
    reason: Reason = Reason.EXIT_CODE,
    exit_code: int | None = 1,
    signal: int | None = None,
    **fields: Any,
) -> Job:
    how = {"reason": reason, "exit_code": exit_code, "signal": signal, "error_message": "It went wrong"}
    return end(running(**fields), Status.FAILED, **how)


def cancelled(**fields: Any) -> Job:
    """A job that was cancelled before it ran."""
    job = pending(**fields)
    transitions.cancel(job.pk, by="ann")
    return again(job)


def backing_off(**fields: Any) -> Job:
    """A job that failed once and waits a minute for its second attempt."""
    job = running(**{"max_attempts": 3, **fields})
    return end(job, Status.PENDING, reason=Reason.EXIT_CODE, exit_code=1, delay=60)


def claim(job: Job, *, worker: UUID | None = None, kind: Kind = Kind.RUN) -> None:
    """Claim exactly this job."""
    claimer = Claimer(name="w1", lease_seconds=60, id=worker or uuid4(), kind=kind)

    def choose(found: Iterable[Candidate]) -> list[int]:
        return [one.id for one in found if one.id == job.pk]

    assert transitions.claim(claimer, choose, look=1000)


def end(job: Job, status: Status, **how: Any) -> Job:
    """Settle the attempt that runs."""
    transitions.settle([Ending(ref_of(job), status, message=f"Ended {status}", **how)])
    return again(job)


def progress(job: Job, percent: int, message: str, *, note: bool) -> None:
    """What the engine saw of a running job."""
    transitions.report_progress([ProgressNews(ref_of(job), percent, message, note)])


def report(job: Job, status: Status, **said: Any) -> Job:
    """What a tracked job's program says."""
    transitions.report(job.pk, Report(status=status, **said))
    return again(job)


def wrote(job: Job, *pieces: bytes, stream: Stream = "stdout", complete: bool = False) -> Attempt:
    """Ship what the job's newest attempt wrote, a chunk for each piece."""
    ref = ref_of(job)
    offset = 0
    for piece in pieces:
        assert logs.ship(ref, stream, offset, piece)
        offset += len(piece)
    if complete:
        logs.finish([ref])
    return attempt_of(job)


def worker(*, name: str = "w1", silent_seconds: float = 0, **fields: Any) -> Worker:
    """A machine with 4 cores and 8 GB."""
    now = timezone.now()
    given = {
        "host": "host-1",
        "capacity": {"cpus": 4, "memory_mb": 8000},
        "executors": {"local": {}},
        "version": "0.1.0",
        "started_at": now - timedelta(hours=1),
        "heartbeat_at": now - timedelta(seconds=silent_seconds),
    }
    return Worker.objects.create(name=name, **{**given, **fields})


def ref_of(job: Job) -> AttemptRef:
    """Its newest attempt under its lease."""
    held = attempt_of(job)
    assert held.lease is not None
    return AttemptRef(job.pk, held.pk, held.number, held.lease)


def attempt_of(job: Job) -> Attempt:
    """The newest attempt."""
    return Attempt.objects.filter(job=job).latest("number")


def again(job: Job) -> Job:
    """The job as it is now."""
    return Job.objects.get(pk=job.pk)

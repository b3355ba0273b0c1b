"""Every move as a plain function on one job, for the tests that let moves meet.

Where a move needs an attempt and a lease it takes those of the target: of the job as its caller last saw it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from jobs import errors, transitions
from jobs.attempts import AttemptRef
from jobs.models import Attempt, Job
from jobs.states import Kind, Reason, Status
from jobs.transitions import Claimer, Ending, ProgressNews, Report, Settled

from .rows import NO_LEASE, claim_ids, dispatch_ids


@dataclass(frozen=True, slots=True)
class Target:
    """A job as somebody knows it who is about to act on it."""

    kind: Kind
    ref: AttemptRef

    @property
    def job_id(self) -> int:
        return self.ref.job_id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a move said, and whether it changed anything."""

    did: bool
    said: str


Act = Callable[[Target], Outcome]


def target(job_id: int) -> Target:
    """The job with its newest attempt, if it has had one."""
    job = Job.objects.get(pk=job_id)
    attempt = Attempt.objects.filter(job_id=job_id).order_by("number").last()
    lease = (attempt and attempt.lease) or NO_LEASE
    attempt_id, number = (attempt.pk, attempt.number) if attempt else (0, 1)
    return Target(job.kind, AttemptRef(job_id, attempt_id, number, lease))


def _claim(job: Target) -> Outcome:
    did = bool(claim_ids([job.job_id], kind=job.kind))
    return Outcome(did, "claimed" if did else "nothing")


def _dispatch(job: Target) -> Outcome:
    did = bool(dispatch_ids([job.job_id]))
    return Outcome(did, "dispatched" if did else "nothing")


def _claim_dispatched(job: Target) -> Outcome:
    claimer = Claimer(name="anvil", lease_seconds=900)
    did = bool(transitions.claim_dispatched(claimer, [job.ref.attempt_id]))
    return Outcome(did, "claimed" if did else "nothing")


def _refuse(job: Target) -> Outcome:
    ending = Ending(replace(job.ref, lease=None), Status.FAILED, "Refused", reason=Reason.REJECTED)
    refused = transitions.refuse([ending])[job.ref.attempt_id]
    return Outcome(refused is Settled.NOW, refused)


def _cancel(job: Target) -> Outcome:
    at_once = transitions.cancel(job.job_id, by="ada").at_once
    return Outcome(True, "at once" if at_once else "requested")


def _settle(job: Target, status: Status, reason: Reason | None, exit_code: int) -> Outcome:
    ending = Ending(job.ref, status, "Over", reason=reason, exit_code=exit_code)
    settled = transitions.settle([ending])[job.ref.attempt_id]
    return Outcome(settled is Settled.NOW, settled)


def _settle_completed(job: Target) -> Outcome:
    return _settle(job, Status.COMPLETED, None, 0)


def _settle_pending(job: Target) -> Outcome:
    return _settle(job, Status.PENDING, Reason.EXIT_CODE, 3)


def _rescue(job: Target) -> Outcome:
    rescued = transitions.rescue()
    return Outcome(bool(rescued), ",".join(one.status for one in rescued) or "nothing")


def _retry(job: Target) -> Outcome:
    transitions.retry(job.job_id, by="ada")
    return Outcome(True, "retried")


def _report(job: Target) -> Outcome:
    """End a tracked job as the holder of its lease, or as its owner where nobody holds one."""
    lease = None if job.ref.lease == NO_LEASE else job.ref.lease
    transitions.report(job.job_id, Report(Status.COMPLETED, result_data={"sum": 4}), lease=lease)
    return Outcome(True, "reported")


def _delete(job: Target) -> Outcome:
    transitions.delete(job.job_id)
    return Outcome(True, "deleted")


def _renew(job: Target) -> Outcome:
    renewed = transitions.renew([job.ref])
    return Outcome(bool(renewed.kept), "renewed" if renewed.kept else "not ours" if renewed.lost else "busy")


def _start(job: Target) -> Outcome:
    did = bool(transitions.start([(job.ref, datetime.now(UTC))]))
    return Outcome(did, "started" if did else "not ours")


def _progress(job: Target) -> Outcome:
    news = ProgressNews(job.ref, 40, "Two fifths", note=True)
    did = bool(transitions.report_progress([news]))
    return Outcome(did, "noted" if did else "not ours")


MOVES: dict[str, Act] = {
    "claim": _claim,
    "dispatch": _dispatch,
    "claim_dispatched": _claim_dispatched,
    "refuse": _refuse,
    "cancel": _cancel,
    "settle_completed": _settle_completed,
    "settle_pending": _settle_pending,
    "rescue": _rescue,
    "retry": _retry,
    "report": _report,
    "delete": _delete,
    "renew": _renew,
    "start": _start,
    "progress": _progress,
}


def act(name: str, job: Target) -> Outcome:
    """Make the move; a refusal by name is an outcome too."""
    try:
        return MOVES[name](job)
    except errors.Problem as problem:
        return Outcome(False, f"{type(problem).__name__} {problem.current_status}".strip())

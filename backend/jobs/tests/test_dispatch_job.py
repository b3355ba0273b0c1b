"""An attempt in another system's queue is held by nobody, begins once, and goes with its job's cancel."""

import pytest

from jobs import errors, transitions
from jobs.attempts import AttemptRef
from jobs.models import Attempt
from jobs.states import Reason, Status
from jobs.transitions import Claimer, Ending, Settled

from .rows import (
    claim_ids,
    dispatch_ids,
    dispatched,
    ending,
    expire,
    fresh,
    history,
    submit,
)
from .soundness import broken_promises

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = Claimer(name="cruncher", lease_seconds=60)


def attempt(ref: AttemptRef) -> Attempt:
    return Attempt.objects.get(pk=ref.attempt_id)


def refusal(ref: AttemptRef, status: Status = Status.FAILED, **how: object) -> Ending:
    why = "Its partition does not exist."
    return Ending(ref, status, why, reason=Reason.REJECTED, error_message=why, **how)  # type: ignore[arg-type]


def test_its_job_stays_pending_and_nobody_holds_it() -> None:
    ref = dispatched()
    job, open_attempt = fresh(ref.job_id), attempt(ref)
    assert (job.status, job.lease, job.status_message) == (Status.PENDING, None, "Handed to local")
    assert (open_attempt.lease, open_attempt.started_at, open_attempt.ended_at) == (None, None, None)
    assert open_attempt.dispatched_at == job.dispatched_at is not None
    assert ref.lease is None
    assert broken_promises() == {}


def test_it_is_neither_claimed_from_the_queue_nor_dispatched_again() -> None:
    ref = dispatched()
    assert claim_ids([ref.job_id]) == []
    assert dispatch_ids([ref.job_id]) == []


def test_the_other_systems_id_is_noted() -> None:
    ref = dispatched()
    assert transitions.note_external_id(ref, "4711")
    assert attempt(ref).external_id == "4711"
    transitions.cancel(ref.job_id, by="ann")
    assert not transitions.note_external_id(ref, "4712")


def test_it_runs_under_a_lease_once_somebody_claims_it() -> None:
    ref = dispatched()
    (claimed,) = transitions.claim_dispatched(WORKER, [ref.attempt_id])
    job = fresh(ref.job_id)
    assert (claimed.ref.attempt_id, claimed.ref.number) == (ref.attempt_id, ref.number)
    assert (job.status, job.lease, job.dispatched_at) == (Status.RUNNING, claimed.ref.lease, None)
    assert attempt(ref).worker_name == "cruncher"
    assert transitions.renew([claimed.ref]).kept == {ref.attempt_id}
    assert broken_promises() == {}


def test_a_message_that_comes_ten_times_starts_it_once() -> None:
    ref = dispatched()
    claims = [transitions.claim_dispatched(WORKER, [ref.attempt_id]) for _ in range(10)]
    assert [len(claimed) for claimed in claims] == [1] + [0] * 9


def test_once_claimed_it_is_settled_like_any_other() -> None:
    ref = dispatched()
    (claimed,) = transitions.claim_dispatched(WORKER, [ref.attempt_id])
    assert transitions.settle([ending(claimed)]) == {ref.attempt_id: Settled.NOW}
    assert history(ref.job_id) == ["PENDING", "PENDING", "RUNNING", "COMPLETED"]
    assert broken_promises() == {}


def test_once_claimed_a_lost_worker_costs_it_an_attempt_like_any_other() -> None:
    ref = dispatched(max_attempts=2)
    transitions.claim_dispatched(WORKER, [ref.attempt_id])
    expire(ref.attempt_id)
    assert [lost.status for lost in transitions.rescue()] == [Status.PENDING]
    (again,) = dispatch_ids([ref.job_id])
    assert again.ref.number == 2
    assert broken_promises() == {}


def test_what_was_never_claimed_is_not_rescued() -> None:
    dispatched()
    assert transitions.rescue(grace_seconds=0) == []


def test_refused_for_good_it_fails_and_says_why() -> None:
    ref = dispatched()
    assert transitions.refuse([refusal(ref)]) == {ref.attempt_id: Settled.NOW}
    job = fresh(ref.job_id)
    assert (job.status, job.reason, job.dispatched_at) == (Status.FAILED, Reason.REJECTED, None)
    assert job.error_message == attempt(ref).error_message == "Its partition does not exist."
    assert transitions.refuse([refusal(ref)]) == {ref.attempt_id: Settled.ALREADY}
    assert broken_promises() == {}


def test_refused_for_now_it_waits_again_under_a_new_number() -> None:
    ref = dispatched()
    transitions.refuse([refusal(ref, Status.PENDING, counted=False)])
    job = fresh(ref.job_id)
    assert (job.status, job.attempt, job.attempts_used) == (Status.PENDING, 2, 0)
    assert len(claim_ids([ref.job_id])) == 1
    assert broken_promises() == {}


def test_a_refusal_that_comes_after_the_claim_changes_nothing() -> None:
    ref = dispatched()
    transitions.claim_dispatched(WORKER, [ref.attempt_id])
    assert transitions.refuse([refusal(ref)]) == {ref.attempt_id: Settled.FENCED}
    assert fresh(ref.job_id).status == Status.RUNNING


def test_a_cancel_takes_effect_at_once_and_nothing_can_start_it_then() -> None:
    ref = dispatched()
    assert transitions.cancel(ref.job_id, by="ann").at_once
    assert attempt(ref).ended_at is not None
    assert transitions.claim_dispatched(WORKER, [ref.attempt_id]) == []
    assert transitions.refuse([refusal(ref)]) == {ref.attempt_id: Settled.FENCED}
    assert broken_promises() == {}


def test_it_is_not_deleted_while_the_other_system_has_it() -> None:
    ref = dispatched()
    with pytest.raises(errors.WrongState, match="Another system has this job"):
        transitions.delete(ref.job_id)
    transitions.cancel(ref.job_id, by="ann")
    transitions.delete(ref.job_id)
    assert transitions.claim_dispatched(WORKER, [ref.attempt_id]) == []
    assert broken_promises() == {}


def test_jobs_are_handed_over_in_the_order_of_the_queue() -> None:
    later, first = submit(priority=1), submit(priority=9)
    handed = dispatch_ids([later.pk, first.pk])
    assert [one.ref.job_id for one in handed] == [first.pk, later.pk]
    assert handed[0].work.command == "true"

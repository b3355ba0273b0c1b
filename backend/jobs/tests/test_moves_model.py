"""Any sequence of moves leaves what a small model of the state machine says, and keeps every promise.

The model knows a job by a few plain variables; hypothesis looks for a sequence at which the two part.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from jobs import errors, transitions
from jobs.attempts import AttemptRef, Claimed
from jobs.models import Attempt, JobStatus
from jobs.states import ENDED, Kind, Reason, Status
from jobs.transitions import Claimer, Ending, ProgressNews, Report, Settled

from .rows import NO_LEASE, claim_ids, clean, dispatch_ids, expire, fresh, submit
from .soundness import broken_promises

OUTCOMES = [
    (Status.COMPLETED, None, 0),
    (Status.FAILED, Reason.EXIT_CODE, 3),
    (Status.FAILED, Reason.TIMEOUT, None),
    (Status.CANCELLED, Reason.CANCELLED, None),
    (Status.PENDING, Reason.EXIT_CODE, 4),
    (Status.PENDING, Reason.INTERRUPTED, None),
]
REPORTS = [None, Status.RUNNING, Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.PENDING]


@dataclass(slots=True)
class Model:
    """What should be true of a job."""

    job_id: int
    tracked: bool
    max_attempts: int
    retry_on_lost: bool
    status: Status = Status.PENDING
    attempt: int = 1
    used: int = 0
    progress: int | None = None
    reason: str = ""
    cancel_requested: bool = False
    leased: bool = False
    dispatched: AttemptRef | None = None  # as it waits in another system's queue
    messages: list[int] = field(default_factory=list)  # the attempts that were ever dispatched
    held: Ending | None = None  # how the open attempt is known to its holder
    settled: list[tuple[Ending, str]] = field(default_factory=list)  # endings sent, with what an echo gets
    steps: list[tuple[str, int | None, int]] = field(default_factory=lambda: [("PENDING", None, 1)])
    deleted: bool = False

    def go(self, status: Status, reason: str = "") -> None:
        """Move, and note it."""
        self.status, self.reason, self.dispatched = status, reason, None
        if status is not Status.RUNNING:
            self.leased, self.held = False, None
        if status is Status.PENDING:
            self.attempt, self.progress, self.cancel_requested = self.attempt + 1, None, False
        self.note()

    def note(self) -> None:
        self.steps.append((self.status.value, self.progress, self.attempt))


class Moves(RuleBasedStateMachine):
    """The moves, each on a job and its model."""

    jobs: Bundle[Model] = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        clean()
        self.models: list[Model] = []

    @precondition(lambda self: len(self.models) < 3)
    @rule(target=jobs, tracked=st.booleans(), max_attempts=st.integers(1, 3), retry_on_lost=st.booleans())
    def submit(self, tracked: bool, max_attempts: int, retry_on_lost: bool) -> Model:
        job = submit("" if tracked else "true", max_attempts=max_attempts, retry_on_lost=retry_on_lost)
        self.models.append(Model(job.pk, tracked, max_attempts, retry_on_lost))
        return self.models[-1]

    @rule(model=jobs)
    def claim(self, model: Model) -> None:
        claimed = claim_ids([model.job_id], kind=Kind.TRACKED if model.tracked else Kind.RUN)
        waits = model.status is Status.PENDING and model.dispatched is None and not model.deleted
        assert bool(claimed) == waits
        for one in claimed:
            self._begun(model, one)

    @rule(model=jobs)
    def dispatch(self, model: Model) -> None:
        handed = dispatch_ids([model.job_id])
        waits = model.status is Status.PENDING and model.dispatched is None
        assert bool(handed) == (waits and not model.tracked and not model.deleted)
        for one in handed:
            assert (one.ref.number, one.ref.lease) == (model.attempt, None)
            model.dispatched = one.ref
            model.messages.append(one.ref.attempt_id)
            model.note()

    @rule(model=jobs)
    def claim_dispatched(self, model: Model) -> None:
        """Every message that was ever sent comes again; only that of the attempt that waits is of use."""
        waits = [] if model.dispatched is None or model.deleted else [model.dispatched.attempt_id]
        claimed = transitions.claim_dispatched(Claimer(name="anvil", lease_seconds=900), model.messages)
        assert [one.ref.attempt_id for one in claimed] == waits
        for one in claimed:
            self._begun(model, one)

    @rule(model=jobs, for_good=st.booleans(), counted=st.booleans())
    def refuse(self, model: Model, for_good: bool, counted: bool) -> None:
        if model.dispatched is None or model.deleted:
            return
        status = Status.FAILED if for_good else Status.PENDING
        ending = Ending(model.dispatched, status, "Refused", reason=Reason.REJECTED, counted=counted)
        assert transitions.refuse([ending]) == {ending.ref.attempt_id: Settled.NOW}
        model.settled.append((ending, Settled.ALREADY))
        model.used += counted
        model.go(status, "rejected" if for_good else "")

    def _begun(self, model: Model, claimed: Claimed) -> None:
        assert (claimed.ref.number, claimed.retry.attempts_used) == (model.attempt, model.used)
        model.progress = None
        model.go(Status.RUNNING)
        model.leased = True
        model.held = Ending(claimed.ref, Status.FAILED, "", reason=Reason.SIGNAL)

    @rule(model=jobs, outcome=st.sampled_from(OUTCOMES), counted=st.booleans())
    def settle(self, model: Model, outcome: tuple[Status, Reason | None, int | None], counted: bool) -> None:
        status, reason, exit_code = outcome
        if model.held is None or model.tracked:
            return
        ending = replace(
            model.held, status=status, reason=reason, exit_code=exit_code, counted=counted, message="Over"
        )
        assert transitions.settle([ending]) == {ending.ref.attempt_id: Settled.NOW}
        model.settled.append((ending, Settled.ALREADY))
        model.used += counted
        if status is Status.COMPLETED and model.progress is not None:
            model.progress = 100
        if status is Status.PENDING and model.cancel_requested:
            model.go(Status.CANCELLED, "cancelled")
        else:
            model.go(status, "" if status is Status.PENDING else (reason or ""))

    @rule(model=jobs)
    def settle_again(self, model: Model) -> None:
        for ending, echo in model.settled:
            expected = Settled.FENCED if model.deleted else echo
            assert transitions.settle([ending]) == {ending.ref.attempt_id: expected}

    @rule(model=jobs)
    def settle_with_a_stale_lease(self, model: Model) -> None:
        if model.held is None:
            return
        ref = model.held.ref
        for stale in (replace(ref, lease=NO_LEASE), replace(ref, number=ref.number + 1)):
            ending = replace(model.held, ref=stale)
            assert transitions.settle([ending]) == {ref.attempt_id: Settled.FENCED}

    @rule(model=jobs)
    def start_and_renew(self, model: Model) -> None:
        if model.held is None:
            return
        ref = model.held.ref
        assert transitions.start([(ref, datetime.now(UTC))]) == {ref.attempt_id}
        assert transitions.renew([ref, replace(ref, lease=NO_LEASE)]).kept == {ref.attempt_id}

    @rule(model=jobs, percent=st.integers(0, 100), note=st.booleans())
    def progress(self, model: Model, percent: int, note: bool) -> None:
        if model.held is None:
            return
        ref = model.held.ref
        news = ProgressNews(ref, percent, f"{percent} %", note)
        assert transitions.report_progress([replace(news, ref=replace(ref, lease=NO_LEASE))]) == set()
        assert transitions.report_progress([news]) == {model.job_id}
        model.progress = percent
        if note:
            model.note()

    @rule(model=jobs)
    def rescue(self, model: Model) -> None:
        assert transitions.rescue() == []
        if model.held is None:
            return
        expire(model.held.ref.attempt_id)
        (rescued,) = transitions.rescue()
        lost = replace(model.held, reason=Reason.WORKER_LOST, status=Status.FAILED)
        model.settled += [(lost, Settled.ALREADY), (replace(lost, reason=Reason.SIGNAL), Settled.FENCED)]
        model.used += 1
        again = model.tracked or (model.retry_on_lost and model.used < model.max_attempts)
        if model.cancel_requested:
            model.go(Status.CANCELLED, "cancelled")
        elif again:
            model.go(Status.PENDING)
        else:
            model.go(Status.FAILED, "worker_lost")
        assert (rescued.job_id, rescued.status) == (model.job_id, model.status)

    @rule(model=jobs)
    def cancel(self, model: Model) -> None:
        if model.deleted or model.status in ENDED:
            with pytest.raises(errors.JobNotFound if model.deleted else errors.WrongState):
                transitions.cancel(model.job_id, by="ada")
            return
        at_once = model.tracked or model.status is Status.PENDING
        assert transitions.cancel(model.job_id, by="ada").at_once == at_once
        if at_once:
            model.go(Status.CANCELLED, "cancelled")
        elif not model.cancel_requested:
            model.note()
        model.cancel_requested = True

    @rule(model=jobs)
    def retry(self, model: Model) -> None:
        if model.deleted or model.status not in ENDED:
            with pytest.raises(errors.JobNotFound if model.deleted else errors.WrongState):
                transitions.retry(model.job_id, by="ada")
            return
        transitions.retry(model.job_id, by="ada")
        model.used = 0
        model.go(Status.PENDING)

    @rule(
        model=jobs,
        status=st.sampled_from(REPORTS),
        with_lease=st.booleans(),
        percent=st.none() | st.integers(0, 100),
    )
    def report(self, model: Model, status: Status | None, with_lease: bool, percent: int | None) -> None:
        lease = (model.held.ref.lease if model.held else NO_LEASE) if with_lease else None
        refusal = self._refusal(model, status, with_lease)
        said = Report(status, "So far", percent)
        if refusal is not None:
            with pytest.raises(refusal):
                transitions.report(model.job_id, said, lease=lease)
            return
        transitions.report(model.job_id, said, lease=lease)
        to = status or model.status
        if percent is not None:
            model.progress = percent
        elif to is Status.COMPLETED and model.progress is not None:
            model.progress = 100
        model.go(to, {Status.FAILED: "reported", Status.CANCELLED: "cancelled"}.get(to, ""))

    def _refusal(self, model: Model, status: Status | None, with_lease: bool) -> type[errors.Problem] | None:
        if model.deleted:
            return errors.JobNotFound
        if not model.tracked:
            return errors.NotTracked
        if model.leased and not with_lease:
            return errors.LeaseHeld
        if with_lease and not model.leased:
            return errors.LeaseLost
        to = status or model.status
        if model.status is Status.PENDING and to is not Status.PENDING:
            return None
        return None if model.status is Status.RUNNING and to is not Status.PENDING else errors.WrongState

    @rule(model=jobs)
    def refuse_to_delete(self, model: Model) -> None:
        if not model.deleted and (model.status is Status.RUNNING or model.dispatched is not None):
            with pytest.raises(errors.WrongState):
                transitions.delete(model.job_id)

    @rule(model=jobs)
    def delete(self, model: Model) -> None:
        if model.status is Status.RUNNING or (model.dispatched is not None and not model.deleted):
            return
        if model.deleted:
            with pytest.raises(errors.JobNotFound):
                transitions.delete(model.job_id)
            return
        with pytest.raises(errors.StaleVersion):
            transitions.delete(model.job_id, version=10**6)
        transitions.delete(model.job_id)
        model.deleted = True  # the moves that follow must find nothing

    def teardown(self) -> None:
        assert broken_promises() == {}

    @invariant()
    def the_jobs_are_as_the_model_says(self) -> None:
        for model in self.models:
            if not model.deleted:
                _compare(model)


def _compare(model: Model) -> None:
    job = fresh(model.job_id)
    assert (job.status, job.attempt, job.attempts_used) == (model.status, model.attempt, model.used)
    assert (job.progress, job.reason) == (model.progress, model.reason)
    assert (job.cancel_requested_at is not None) == model.cancel_requested
    history = list(JobStatus.objects.filter(job_id=job.pk).order_by("id"))
    assert [(row.status_type, row.progress, row.attempt) for row in history] == model.steps
    attempts = Attempt.objects.filter(job_id=job.pk).order_by("number")
    assert [a.number for a in attempts if a.ended_at is None] == (
        [model.attempt] if model.status is Status.RUNNING or model.dispatched else []
    )


@pytest.mark.usefixtures("transactional_db")
def test_any_sequence_of_moves_leaves_what_the_model_says() -> None:
    run_machine(
        Moves,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # a sequence is short enough to read; to shrink one takes minutes here
            suppress_health_check=list(HealthCheck),
        ),
    )

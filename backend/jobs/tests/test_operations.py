"""One thing done to many jobs: each job has exactly one outcome, and the preview said what it would be."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import admin, user
from jobs import errors, failpoints, operations, transitions
from jobs.models import Job, Operation, OperationOutcome
from jobs.operations import Doing, JobOutcome, OperationRequest, Operations
from jobs.operations import batch as batches
from jobs.queries import Criterion, Selection
from jobs.states import Status

from . import factories
from .rows import clean, sql
from .soundness import broken_promises
from .threads import LIMIT_SECONDS, Side, until, waits_for


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Rows that are really committed, and nobody left who began an operation."""
    yield
    clean()
    User.objects.filter(username="owner").delete()


def boss() -> User:
    """Who may act on any job."""
    return User.objects.filter(username="owner").first() or admin()


def engine() -> Operations:
    """What the scheduler carries operations out with."""
    return Operations(is_away=lambda error: False)


def carry_out(operation: Operation, turns: int = 200) -> Operation:
    """To its end."""
    runner = engine()
    for _ in range(turns):
        runner.carry_on(5)
        operation = fresh(operation)
        if operation.state != Operation.State.RUNNING:
            return operation
    raise AssertionError(f"it did not end: {operation.outcomes}")


def fresh(operation: Operation) -> Operation:
    return Operation.objects.get(pk=operation.pk)


def begin(request: OperationRequest, by: User, **how: Any) -> Operation:
    return operations.begin(request, by, operations.preview(request, by), **how)


def do(doing: Doing, by: User, arguments: Any = None, **which: Any) -> Operation:
    """Preview, begin and carry out."""
    return carry_out(begin(OperationRequest(doing, arguments or {}, **which), by))


def those(**criteria: Any) -> Selection:
    return Selection(
        tuple(Criterion(name, one if isinstance(one, tuple) else (one,)) for name, one in criteria.items())
    )


def outcomes(operation: Operation) -> dict[int, str]:
    """What came of each job; fails if one has two."""
    found: dict[int, str] = {}
    for noted in OperationOutcome.objects.filter(operation=operation).order_by("pk"):
        for job_id in noted.ids:
            assert job_id not in found, f"job {job_id} has two outcomes"
            found[job_id] = noted.outcome
    assert sorted(found.values()) == sorted(
        outcome for outcome, jobs in operation.outcomes.items() for _ in range(jobs)
    )
    return found


def deletable_now(operation: Operation) -> None:
    """As if the grace were over."""
    sql(
        "UPDATE jobs_operation SET next_at = created_at, starts_at = created_at WHERE id = %s", [operation.pk]
    )


MAKERS = {
    "pending": factories.pending,
    "tracked": factories.tracked,
    "running": factories.running,
    "claimed": factories.claimed,
    "completed": factories.completed,
    "failed": factories.failed,
    "cancelled": factories.cancelled,
    "dispatched": factories.dispatched,
}
EXPECTED: dict[Doing, dict[str, JobOutcome]] = {
    Doing.CANCEL: {
        "pending": JobOutcome.CANCELLED,
        "tracked": JobOutcome.CANCELLED,
        "dispatched": JobOutcome.CANCELLED,
        "running": JobOutcome.REQUESTED,
        "claimed": JobOutcome.STOPPED,
    },
    Doing.RETRY: {
        "pending": JobOutcome.PENDING,
        "tracked": JobOutcome.PENDING,
        "dispatched": JobOutcome.PENDING,
        "running": JobOutcome.RUNNING,
        "claimed": JobOutcome.RUNNING,
        "completed": JobOutcome.RETRIED,
        "failed": JobOutcome.RETRIED,
        "cancelled": JobOutcome.RETRIED,
    },
    Doing.DELETE: {
        "pending": JobOutcome.DELETED,
        "tracked": JobOutcome.DELETED,
        "dispatched": JobOutcome.DISPATCHED,
        "running": JobOutcome.RUNNING,
        "claimed": JobOutcome.RUNNING,
        "completed": JobOutcome.DELETED,
        "failed": JobOutcome.DELETED,
        "cancelled": JobOutcome.DELETED,
    },
    Doing.SET_PRIORITY: {
        "pending": JobOutcome.CHANGED,
        "tracked": JobOutcome.CHANGED,
        "dispatched": JobOutcome.DISPATCHED,
        "running": JobOutcome.RUNNING,
        "claimed": JobOutcome.CHANGED,
    },
    Doing.ADD_TAGS: {
        "pending": JobOutcome.CHANGED,
        "tracked": JobOutcome.CHANGED,
        "dispatched": JobOutcome.DISPATCHED,
        "running": JobOutcome.RUNNING,
        "claimed": JobOutcome.CHANGED,
    },
    Doing.REMOVE_TAGS: {
        "pending": JobOutcome.UNCHANGED,
        "tracked": JobOutcome.UNCHANGED,
        "dispatched": JobOutcome.DISPATCHED,
        "running": JobOutcome.RUNNING,
        "claimed": JobOutcome.UNCHANGED,
    },
    Doing.REPORT: {
        "pending": JobOutcome.NOT_TRACKED,
        "tracked": JobOutcome.REPORTED,
        "dispatched": JobOutcome.NOT_TRACKED,
        "running": JobOutcome.NOT_TRACKED,
        "claimed": JobOutcome.CLAIMED,
        "completed": JobOutcome.NOT_TRACKED,
        "failed": JobOutcome.NOT_TRACKED,
        "cancelled": JobOutcome.NOT_TRACKED,
    },
}
ARGUMENTS: dict[Doing, dict[str, Any]] = {
    Doing.SET_PRIORITY: {"priority": 9},
    Doing.ADD_TAGS: {"tags": ["new"]},
    Doing.REMOVE_TAGS: {"tags": ["new"]},
    Doing.REPORT: {"status_type": "COMPLETED", "message": "Done by hand"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("doing", Doing)
def test_what_the_preview_says_comes_of_each_job(doing: Doing) -> None:
    jobs = {make().pk: state for state, make in MAKERS.items()}
    request = OperationRequest(doing, ARGUMENTS.get(doing, {}), selection=Selection())
    previewed = operations.preview(request, boss())

    operation = begin(request, boss())
    deletable_now(operation)
    operation = carry_out(operation)

    expected = {job_id: EXPECTED[doing].get(state, JobOutcome.ENDED) for job_id, state in jobs.items()}
    assert outcomes(operation) == expected
    assert previewed.split == operation.outcomes == operation.expected
    assert operation.state == Operation.State.DONE
    assert broken_promises() == {}


@pytest.mark.django_db
def test_what_it_did_is_true_of_the_jobs() -> None:
    waiting, over = factories.pending(tags=["a"], priority=3), factories.failed()
    do(Doing.SET_PRIORITY, boss(), {"priority": 8}, ids=(waiting.pk,))
    do(Doing.ADD_TAGS, boss(), {"tags": ["b", "a", "c"]}, ids=(waiting.pk,))
    do(Doing.REMOVE_TAGS, boss(), {"tags": ["b"]}, ids=(waiting.pk,))
    do(Doing.RETRY, boss(), ids=(over.pk,))

    waiting, over = factories.again(waiting), factories.again(over)
    assert (waiting.priority, waiting.tags) == (8, ["a", "c"])
    assert (over.status, over.attempt) == (Status.PENDING, 2)
    do(Doing.CANCEL, boss(), ids=(waiting.pk, over.pk))
    assert factories.again(waiting).status_message == "Cancelled by owner"
    assert broken_promises() == {}


@pytest.mark.django_db
def test_jobs_of_others_are_skipped_and_so_told() -> None:
    sue = user("sue")
    mine, theirs = factories.pending(owner=sue), factories.pending(owner=boss())

    operation = do(Doing.CANCEL, sue, selection=Selection())

    assert outcomes(operation) == {mine.pk: JobOutcome.CANCELLED, theirs.pk: JobOutcome.NOT_YOURS}
    assert factories.again(theirs).status == Status.PENDING


@pytest.mark.django_db
def test_who_may_nothing_any_more_changes_nothing_more() -> None:
    sue = user("sue")
    job = factories.pending(owner=sue)
    operation = begin(OperationRequest(Doing.CANCEL, {}, ids=(job.pk,)), sue)
    User.objects.filter(pk=sue.pk).update(role=Role.VIEWER)
    assert outcomes(carry_out(operation)) == {job.pk: JobOutcome.NOT_YOURS}


@pytest.mark.django_db
def test_ids_that_are_not_there_are_told() -> None:
    job = factories.pending()
    operation = do(Doing.CANCEL, boss(), ids=(job.pk, job.pk + 7))
    assert outcomes(operation) == {job.pk: JobOutcome.CANCELLED, job.pk + 7: JobOutcome.GONE}
    assert operation.expected == operation.outcomes


@pytest.mark.django_db
def test_a_job_that_changed_after_the_preview_has_the_outcome_of_what_it_is() -> None:
    job, gone = factories.pending(), factories.pending()
    operation = begin(OperationRequest(Doing.RETRY, {}, ids=(job.pk, gone.pk)), boss())
    transitions.cancel(job.pk, by="ann")
    transitions.delete(gone.pk)
    assert outcomes(carry_out(operation)) == {job.pk: JobOutcome.RETRIED, gone.pk: JobOutcome.GONE}


@pytest.mark.django_db
def test_only_what_was_previewed_is_touched() -> None:
    started, waits = factories.pending(), factories.pending()
    came_to_it = factories.cancelled()
    operation = begin(OperationRequest(Doing.CANCEL, {}, selection=those(status=("PENDING",))), boss())
    factories.claim(started)
    transitions.retry(came_to_it.pk, by="ann")
    later = factories.pending()

    operation = carry_out(operation)

    assert outcomes(operation) == {waits.pk: JobOutcome.CANCELLED}
    assert operation.expected == {JobOutcome.CANCELLED: 2}
    assert [factories.again(job).status for job in (started, came_to_it, later)] == [
        Status.RUNNING,
        Status.PENDING,
        Status.PENDING,
    ]


@pytest.mark.django_db
def test_jobs_that_run_since_before_the_preview_are_touched_whatever_they_report() -> None:
    job = factories.claimed()
    operation = begin(OperationRequest(Doing.CANCEL, {}, selection=those(status=("RUNNING",))), boss())
    lease = factories.attempt_of(job).lease
    transitions.report(job.pk, transitions.Report(status=Status.RUNNING, progress=50), lease=lease)
    assert outcomes(carry_out(operation)) == {job.pk: JobOutcome.STOPPED}


@pytest.mark.django_db
def test_many_batches_visit_each_job_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_JOBS", 7)
    ids = transitions.submit_many([{"name": "x", "command": "true"}] * 60, owner_id=None)
    transitions.delete(ids[30])
    operation = do(Doing.CANCEL, boss(), selection=those(status=("PENDING",)))
    assert outcomes(operation) == {job_id: JobOutcome.CANCELLED for job_id in ids if job_id != ids[30]}
    assert broken_promises() == {}


@pytest.mark.django_db
def test_a_throttled_one_goes_on_later() -> None:
    ids = transitions.submit_many([{"name": "x"}] * 10, owner_id=None)
    operation = begin(OperationRequest(Doing.CANCEL, {}, ids=tuple(ids)), boss(), jobs_per_second=4)
    wait = engine().carry_on(5)
    assert wait is not None
    assert 0 < wait <= 1
    assert fresh(operation).outcomes == {JobOutcome.CANCELLED: 4}


@pytest.mark.django_db
def test_an_aborted_one_does_nothing_more() -> None:
    ids = transitions.submit_many([{"name": "x"}] * 10, owner_id=None)
    operation = begin(OperationRequest(Doing.CANCEL, {}, ids=tuple(ids)), boss(), jobs_per_second=4)
    engine().carry_on(5)
    operations.abort(operation)
    sql("UPDATE jobs_operation SET next_at = created_at")
    engine().carry_on(5)
    operation = fresh(operation)
    assert (operation.state, len(outcomes(operation))) == (Operation.State.ABORTED, 4)
    assert Job.objects.filter(status=Status.PENDING).count() == 6
    with pytest.raises(errors.OperationEnded):
        operations.abort(operation)


@pytest.mark.django_db
def test_a_delete_waits_for_who_might_abort_it() -> None:
    job = factories.failed()
    operation = begin(OperationRequest(Doing.DELETE, {}, ids=(job.pk,)), boss())
    wait = engine().carry_on(5)
    assert wait is not None
    assert wait > 1
    assert fresh(operation).outcomes == {}
    operations.abort(operation)
    assert Job.objects.filter(pk=job.pk).exists()


@pytest.mark.django_db
def test_an_operation_that_always_fails_ends_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    job = factories.pending()
    operation = begin(OperationRequest(Doing.CANCEL, {}, ids=(job.pk,)), boss())

    def refuse(*_: Any, **__: Any) -> Any:
        raise IntegrityError("nothing fits")

    monkeypatch.setattr(transitions, "cancel_many", refuse)
    for _ in range(batches.MOST_FAILURES):
        sql("UPDATE jobs_operation SET next_at = created_at")
        engine().carry_on(0.001)
    operation = fresh(operation)
    assert (operation.state, operation.error) == (Operation.State.FAILED, "nothing fits")
    assert factories.again(job).status == Status.PENDING


# --- undo ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_priorities_are_put_back_where_nobody_else_set_them() -> None:
    low, high = factories.pending(priority=2), factories.pending(priority=7)
    touched, started = factories.pending(priority=2), factories.pending(priority=2)
    ids = tuple(job.pk for job in (low, high, touched, started))
    operation = do(Doing.SET_PRIORITY, boss(), {"priority": 9}, ids=ids)
    sql("UPDATE jobs_job SET priority = 5 WHERE id = %s", [touched.pk])
    factories.claim(started)

    undone = carry_out(operations.undo(operation, boss()))

    assert outcomes(undone) == {
        low.pk: JobOutcome.RESTORED,
        high.pk: JobOutcome.RESTORED,
        touched.pk: JobOutcome.CHANGED_SINCE,
        started.pk: JobOutcome.CHANGED_SINCE,
    }
    assert [factories.again(job).priority for job in (low, high, touched)] == [2, 7, 5]


@pytest.mark.django_db
@pytest.mark.parametrize("doing", [Doing.ADD_TAGS, Doing.REMOVE_TAGS])
def test_tags_are_put_back_as_they_were(doing: Doing) -> None:
    before = [["a"], ["b", "a", "c"], ["x", "y"], []]
    jobs = [factories.pending(tags=tags) for tags in before]
    operation = do(doing, boss(), {"tags": ["a", "y"]}, ids=tuple(job.pk for job in jobs))
    carry_out(operations.undo(operation, boss()))
    assert [factories.again(job).tags for job in jobs] == before


@pytest.mark.django_db
def test_cancelled_jobs_wait_again_where_they_were() -> None:
    job, other = factories.pending(), factories.pending()
    place = factories.again(job).available_at
    operation = do(Doing.CANCEL, boss(), ids=(job.pk, other.pk))
    transitions.retry(other.pk, by="ann")

    undone = carry_out(operations.undo(operation, boss()))

    assert outcomes(undone) == {job.pk: JobOutcome.RESTORED, other.pk: JobOutcome.CHANGED_SINCE}
    job = factories.again(job)
    assert (job.status, job.available_at, job.cancel_requested_at) == (Status.PENDING, place, None)
    assert broken_promises() == {}


@pytest.mark.django_db
def test_what_cannot_be_undone_says_so() -> None:
    for job, doing in ((factories.failed(), Doing.RETRY), (factories.running(), Doing.CANCEL)):
        operation = do(doing, boss(), ids=(job.pk,))
        with pytest.raises(errors.NotUndoable):
            operations.undo(operation, boss())


@pytest.mark.django_db
def test_it_is_undone_once() -> None:
    operation = do(Doing.SET_PRIORITY, boss(), {"priority": 9}, ids=(factories.pending().pk,))
    undo = carry_out(operations.undo(operation, boss()))
    for one in (operation, undo):
        with pytest.raises(errors.NotUndoable):
            operations.undo(one, boss())


# --- with others, and after a crash -------------------------------------------------------------------


@pytest.mark.usefixtures("committed")
def test_a_killed_batch_is_done_again_and_nothing_twice() -> None:
    ids = transitions.submit_many([{"name": "x"}] * 120, owner_id=None)
    operation = begin(OperationRequest(Doing.CANCEL, {}, ids=tuple(ids)), boss())
    reached = [0]

    class Killed(Exception):
        """As if the process were gone: what it had not committed is rolled back."""

    def die() -> None:
        reached[0] += 1
        if reached[0] == 2:
            raise Killed

    failpoints.arm("operations.batch", die)
    try:
        with pytest.raises(Killed):
            engine().carry_on(30)
    finally:
        failpoints.disarm("operations.batch")
    between = fresh(operation)
    assert 0 < len(outcomes(between)) < 120
    assert Job.objects.filter(status=Status.CANCELLED).count() == len(outcomes(between))

    assert len(outcomes(carry_out(operation))) == 120
    assert Job.objects.filter(status=Status.CANCELLED, status_count=2).count() == 120
    assert broken_promises() == {}


@pytest.mark.usefixtures("committed")
def test_two_operations_on_the_same_jobs_by_two_schedulers(sides: tuple[Side, Side]) -> None:
    ids = transitions.submit_many([{"name": "x", "tags": ["a"]}] * 300, owner_id=None)
    owner = boss()
    cancel = begin(OperationRequest(Doing.CANCEL, {}, selection=those(tag="a")), owner)
    rank = begin(OperationRequest(Doing.SET_PRIORITY, {"priority": 9}, ids=tuple(ids)), owner)

    def to_the_end() -> None:
        runner = engine()
        until(lambda: runner.carry_on(1) is None)

    done = [side.start(to_the_end) for side in sides]
    for one in done:
        one.result(LIMIT_SECONDS * 3)

    cancelled, ranked = outcomes(fresh(cancel)), outcomes(fresh(rank))
    assert cancelled == dict.fromkeys(ids, JobOutcome.CANCELLED)
    assert set(ranked) == set(ids)
    for job in Job.objects.filter(pk__in=ids):
        assert (job.priority == 9) == (ranked[job.pk] == JobOutcome.CHANGED)
    assert broken_promises() == {}


@pytest.mark.usefixtures("committed")
def test_an_abort_waits_for_the_batch_and_no_longer(sides: tuple[Side, Side]) -> None:
    first, second = sides
    ids = transitions.submit_many([{"name": "x"}] * 100, owner_id=None)
    operation = begin(OperationRequest(Doing.CANCEL, {}, ids=tuple(ids)), boss())
    aborts: list[Any] = []

    def abort_meanwhile() -> None:
        if not aborts:
            aborts.append(second.start(lambda: operations.abort(operation)))
            waits_for(second, first, aborts[0])

    failpoints.arm("operations.batch", abort_meanwhile)
    try:
        first.start(lambda: engine().carry_on(10)).result(LIMIT_SECONDS * 2)
    finally:
        failpoints.disarm("operations.batch")
    aborts[0].result(LIMIT_SECONDS)

    operation = fresh(operation)
    assert operation.state == Operation.State.ABORTED
    assert 0 < len(outcomes(operation)) < 100
    assert Job.objects.filter(status=Status.CANCELLED).count() == len(outcomes(operation))


@pytest.mark.usefixtures("committed")
def test_a_job_that_somebody_holds_is_waited_for_by_nobody_else(sides: tuple[Side, Side]) -> None:
    first, _ = sides
    held, free = factories.pending(), factories.pending()
    owner = boss()
    stuck = begin(OperationRequest(Doing.CANCEL, {}, ids=(held.pk,)), owner)
    other = begin(OperationRequest(Doing.CANCEL, {}, ids=(free.pk,)), owner)
    hold, let_go = _holding(first, held)

    assert carry_out(other).state == Operation.State.DONE
    assert (fresh(stuck).state, fresh(stuck).failures) == (Operation.State.RUNNING, 0)
    let_go()
    hold.result(LIMIT_SECONDS)
    sql("UPDATE jobs_operation SET next_at = created_at")
    assert outcomes(carry_out(stuck)) == {held.pk: JobOutcome.CANCELLED}


def _holding(side: Side, job: Job) -> tuple[Any, Any]:
    import threading

    from django.db import transaction

    locked, go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            sql("SELECT id FROM jobs_job WHERE id = %s FOR UPDATE", [job.pk])
            locked.set()
            go.wait(LIMIT_SECONDS)

    future = side.start(hold)
    assert locked.wait(LIMIT_SECONDS)
    return future, go.set


# --- whatever is asked --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=False)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    states=st.lists(st.sampled_from(sorted(MAKERS)), min_size=1, max_size=8),
    doings=st.lists(st.sampled_from(list(Doing)), min_size=1, max_size=3),
    by_ids=st.booleans(),
    undo=st.booleans(),
)
def test_every_member_has_one_outcome_and_the_history_is_sound(
    states: list[str], doings: list[Doing], by_ids: bool, undo: bool
) -> None:
    ids = tuple(MAKERS[state]().pk for state in states)
    for doing in doings:
        which: dict[str, Any] = {"ids": ids} if by_ids else {"selection": Selection()}
        request = OperationRequest(doing, ARGUMENTS.get(doing, {}), **which)
        there = set(Job.objects.values_list("pk", flat=True))
        operation = begin(request, boss())
        deletable_now(operation)
        operation = carry_out(operation)
        assert set(outcomes(operation)) == (set(ids) if by_ids else there)
        assert operation.outcomes == operation.expected
        if undo and operations.can_undo(operation):
            undone = carry_out(operations.undo(operation, boss()))
            assert undone.outcomes == undone.expected
        assert broken_promises() == {}


@pytest.mark.django_db
def test_what_is_older_than_the_first_that_is_meant_is_not_walked_through() -> None:
    others = [factories.pending(queue="a") for _ in range(3)]
    mine = [factories.pending(queue="b") for _ in range(2)]
    operation = begin(OperationRequest(Doing.CANCEL, {}, selection=those(queue="b")), boss())
    assert operation.position == others[-1].pk
    assert outcomes(carry_out(operation)) == dict.fromkeys([job.pk for job in mine], JobOutcome.CANCELLED)


@pytest.mark.django_db
def test_of_ids_those_that_are_gone_are_told_wherever_they_would_stand() -> None:
    gone, job = factories.cancelled(), factories.pending()
    transitions.delete(gone.pk)
    operation = do(Doing.CANCEL, boss(), ids=(gone.pk, job.pk))
    assert outcomes(operation) == {gone.pk: JobOutcome.GONE, job.pk: JobOutcome.CANCELLED}

"""A job that depends on others waits until all have ended as it wants, whoever ends them; else it fails."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from jobs import transitions
from jobs.archive import moving
from jobs.archive.moving import Due
from jobs.models import Dependency, Job
from jobs.queries import dependencies, job_detail
from jobs.states import Reason, Status
from jobs.tests import factories
from jobs.transitions import Claimer, Ending, Report
from jobs.transitions import dependencies as waiting

from .rows import expire, fresh, history
from .soundness import broken_promises
from .threads import LIMIT_SECONDS, Side, held

pytestmark = pytest.mark.django_db(transaction=True)


def after(*upstreams: Job, wants: str = "success", **fields: Any) -> Job:
    """A job that is to run after others."""
    named = [{"job": one.pk, "wants": wants} for one in upstreams]
    return factories.pending(name="after", depends_on=named, **fields)


def claimable() -> set[int]:
    """What the queue offers now."""
    seen: list[int] = []

    def look(candidates: Any) -> list[int]:
        seen.extend(one.id for one in candidates)
        return []

    transitions.claim(Claimer(name="w", lease_seconds=60), look, look=100)
    return set(seen)


def code(job: Job) -> str:
    detail = job_detail(job.pk)
    assert detail is not None
    return str(detail["waiting_for"]["code"]) if detail["waiting_for"] else ""


ENDS: dict[str, Callable[[Job], object]] = {
    "completed": lambda job: factories.end(job, Status.COMPLETED, exit_code=0),
    "failed": lambda job: factories.end(job, Status.FAILED, reason=Reason.EXIT_CODE, exit_code=1),
}


@pytest.mark.parametrize(
    ("wants", "end", "runs"),
    [
        ("success", "completed", True),
        ("success", "failed", False),
        ("failure", "failed", True),
        ("failure", "completed", False),
        ("end", "completed", True),
        ("end", "failed", True),
    ],
)
def test_it_runs_only_after_the_end_that_it_wants(wants: str, end: str, runs: bool) -> None:
    upstream = factories.running()
    job = after(upstream, wants=wants)
    assert job.pk not in claimable()
    assert code(job) == "dependencies"

    ENDS[end](upstream)

    if runs:
        assert job.pk in claimable()
        assert fresh(job.pk).unmet == 0
    else:
        ended = fresh(job.pk)
        assert (ended.status, ended.reason, ended.started_at) == (
            Status.FAILED,
            Reason.DEPENDENCY_FAILED,
            None,
        )
        assert ended.error_message == f"Job {upstream.pk} {end}, and this one was to run after its {wants}."
        assert history(job.pk) == [Status.PENDING, Status.FAILED]
    assert Dependency.objects.get().met is runs
    assert broken_promises() == {}


def test_it_waits_for_all_of_them() -> None:
    first, second = factories.running(), factories.running()
    job = after(first, second)
    ENDS["completed"](second)
    assert fresh(job.pk).unmet == 1
    assert job.pk not in claimable()
    ENDS["completed"](first)
    assert job.pk in claimable()


def test_one_that_has_ended_already_is_not_waited_for() -> None:
    assert after(factories.completed()).pk in claimable()
    assert fresh(after(factories.failed()).pk).reason == Reason.DEPENDENCY_FAILED


def test_a_failure_goes_down_the_whole_chain() -> None:
    top = factories.running()
    chain = [top]
    for _ in range(5):
        chain.append(after(chain[-1]))
    cleanup = after(chain[3], wants="failure")
    ENDS["failed"](top)
    assert [fresh(one.pk).reason for one in chain[1:]] == [Reason.DEPENDENCY_FAILED] * 5
    assert cleanup.pk in claimable()


def test_of_a_diamond_the_last_runs_once_both_sides_have() -> None:
    top = factories.running()
    left, right = after(top), after(top)
    bottom = after(left, right)
    ENDS["completed"](top)
    for side in (left, right):
        assert bottom.pk not in claimable()
        factories.claim(side)
        ENDS["completed"](fresh(side.pk))
    assert bottom.pk in claimable()


def test_whatever_ends_the_other_counts() -> None:
    cancelled, reported, lost = factories.pending(), factories.tracked(), factories.running()
    deleted = factories.pending()
    jobs = [after(one, wants="end") for one in (cancelled, reported, lost, deleted)]
    transitions.cancel(cancelled.pk, by="ana")
    transitions.report(reported.pk, Report(Status.FAILED))
    expire(factories.attempt_of(lost).pk)
    transitions.rescue()
    transitions.delete(deleted.pk)
    # A deleted one has no end that could be wanted.
    assert [job.pk in claimable() for job in jobs] == [True, True, True, False]
    assert "was deleted" in fresh(jobs[3].pk).error_message


def test_a_cancel_is_neither_success_nor_failure() -> None:
    upstream = factories.pending()
    jobs = [after(upstream, wants=wants) for wants in ("success", "failure")]
    transitions.cancel(upstream.pk, by="ana")
    assert [fresh(job.pk).reason for job in jobs] == [Reason.DEPENDENCY_FAILED] * 2


def test_an_attempt_that_is_followed_by_another_is_no_end() -> None:
    upstream = factories.running(max_attempts=2)
    job = after(upstream)
    factories.end(upstream, Status.PENDING, reason=Reason.EXIT_CODE, exit_code=1)
    assert (fresh(job.pk).status, fresh(job.pk).unmet) == (Status.PENDING, 1)


def test_retried_it_waits_once_more_for_what_has_not_succeeded() -> None:
    good, bad = factories.running(), factories.running()
    job = after(good, bad)
    ENDS["completed"](good)
    ENDS["failed"](bad)
    transitions.retry(job.pk, by="ana")
    assert fresh(job.pk).reason == Reason.DEPENDENCY_FAILED, "the other one is still failed"

    transitions.retry(bad.pk, by="ana")
    transitions.retry(job.pk, by="ana")
    assert (fresh(job.pk).status, fresh(job.pk).unmet) == (Status.PENDING, 1)
    factories.claim(bad)
    ENDS["completed"](fresh(bad.pk))
    assert job.pk in claimable()


def test_a_cancel_undone_finds_what_has_happened_meanwhile() -> None:
    upstream = factories.running()
    job = after(upstream)
    transitions.cancel(job.pk, by="ana")
    ENDS["completed"](upstream)
    assert fresh(job.pk).status == Status.CANCELLED
    transitions.uncancel_many([job.pk], by="ana")
    assert job.pk in claimable()


def test_what_was_missed_is_caught_up_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever ended it was killed before he came to look at what waits for it."""
    upstream = factories.running()
    job = after(upstream)
    with monkeypatch.context() as patched:
        patched.setattr(waiting, "ended", lambda ids: None)
        ENDS["completed"](upstream)
    assert job.pk not in claimable()
    transitions.depend()
    assert job.pk in claimable()


def test_a_locked_one_is_left_for_the_next_time() -> None:
    upstream = factories.running()
    job = after(upstream)
    somebody = Side()
    with held(somebody, lambda: transitions.cancel_many([job.pk], by="ana"), statements=1) as (hold, _):
        ENDS["completed"](upstream)
        assert fresh(upstream.pk).status == Status.COMPLETED
        hold.roll_back = True
    somebody.close()
    assert fresh(job.pk).unmet == 1
    transitions.depend()
    assert job.pk in claimable()


def test_one_in_the_archive_can_be_depended_on() -> None:
    upstream = factories.cancelled()
    assert moving.archive(Due(timezone.now()), 10) == 1
    job = after(upstream, wants="end")
    assert job.pk in claimable()
    (found,) = dependencies(job.pk).depends_on
    assert (found["name"], found["status"], found["met"]) == (upstream.name, Status.CANCELLED, True)


def test_deleted_it_leaves_nothing_behind() -> None:
    upstream = factories.running()
    job = after(upstream)
    transitions.delete(job.pk)
    assert not Dependency.objects.exists()
    assert dependencies(upstream.pk).needed_by == []


def test_its_place_in_the_queue_counts_from_when_it_could_run() -> None:
    upstream = factories.running()
    job = after(upstream)
    other = factories.pending()
    ENDS["completed"](upstream)
    assert fresh(job.pk).available_at > fresh(other.pk).available_at


def test_two_that_end_at_the_same_time_both_count() -> None:
    """Whoever looks second finds the dependent locked by the first, and looks again."""
    first, second = factories.running(), factories.running()
    job = after(first, second)
    ended = [
        Ending(factories.ref_of(one), Status.COMPLETED, message="Done", exit_code=0)
        for one in (first, second)
    ]
    sides = [Side(), Side()]
    for future in [
        side.start(partial(transitions.settle, [one])) for side, one in zip(sides, ended, strict=True)
    ]:
        future.result(LIMIT_SECONDS)
    for side in sides:
        side.close()
    assert fresh(job.pk).unmet == 0
    assert job.pk in claimable()

"""A lost job is rescued once, as it allows, and never from under a living holder."""

from typing import Any

import pytest

from jobs import transitions
from jobs.attempts import Claimed
from jobs.states import Reason, Status
from jobs.transitions import LOST_AFTER_SECONDS, Renewed, Report

from .rows import attempt_of, claim, ending, expire, fresh, history, running, submit
from .soundness import broken_promises
from .threads import LIMIT_SECONDS, Side, held

pytestmark = pytest.mark.django_db


def _lost(command: str = "true", **fields: Any) -> Claimed:
    one = running(command, **fields)
    expire(one.ref.attempt_id)
    return one


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"max_attempts": 1}, Status.FAILED),
        ({"max_attempts": 2}, Status.PENDING),
        ({"max_attempts": 2, "retry_on_lost": False}, Status.FAILED),
    ],
)
def test_it_is_run_again_only_where_that_was_allowed(fields: dict[str, Any], status: Status) -> None:
    one = _lost(**fields)
    (rescued,) = transitions.rescue()
    assert (rescued.job_id, rescued.attempt, rescued.status) == (one.ref.job_id, 1, status)
    assert fresh(one.ref.job_id).reason == ("" if status is Status.PENDING else "worker_lost")
    attempt = attempt_of(one)
    assert (attempt.reason, attempt.log_complete) == (Reason.WORKER_LOST, False), "more of its log may come"
    assert attempt.error_message == "Worker anvil was lost"
    assert transitions.rescue() == []


def test_a_lease_is_left_alone_for_a_while_past_its_end() -> None:
    one = running()
    expire(one.ref.attempt_id, LOST_AFTER_SECONDS - 5)
    assert transitions.rescue() == []
    assert transitions.renew([one.ref]).kept == {one.ref.attempt_id}


def test_the_longest_lost_go_first() -> None:
    ours = [running() for _ in range(3)]
    for one, seconds in zip(ours, (100, 300, 200), strict=True):
        expire(one.ref.attempt_id, seconds)
    rescued = [one.job_id for _ in ours for one in transitions.rescue(limit=1)]
    assert rescued == [ours[1].ref.job_id, ours[2].ref.job_id, ours[0].ref.job_id]


def test_a_cancel_that_was_asked_for_is_done_then() -> None:
    one = _lost(max_attempts=5)
    transitions.cancel(one.ref.job_id, by="ada")
    transitions.rescue()
    job = fresh(one.ref.job_id)
    assert (job.status, job.reason) == ("CANCELLED", "cancelled")


def test_what_a_lost_tracker_had_reported_stays_with_its_attempt() -> None:
    one = _lost("")
    transitions.report(one.ref.job_id, Report(result_data={"half": 1}, progress=50), lease=one.ref.lease)
    expire(one.ref.attempt_id)
    transitions.rescue()
    assert fresh(one.ref.job_id).result_data is None
    assert attempt_of(one).result_data == {"half": 1}
    again = claim(fresh(one.ref.job_id))
    transitions.report(one.ref.job_id, Report(Status.COMPLETED), lease=again.ref.lease)
    assert fresh(one.ref.job_id).result_data is None
    assert attempt_of(again).log_complete


def test_its_holder_finds_itself_fenced() -> None:
    one = _lost(max_attempts=2)
    transitions.rescue()
    again = claim(fresh(one.ref.job_id))
    assert transitions.renew([one.ref, again.ref]) == Renewed(
        kept={again.ref.attempt_id}, lost={one.ref.attempt_id}
    )
    assert transitions.settle([ending(one)]) == {one.ref.attempt_id: "fenced"}
    assert history(one.ref.job_id) == ["PENDING", "RUNNING", "PENDING", "RUNNING"]
    assert broken_promises() == {}


@pytest.mark.usefixtures("transactional_db")
def test_who_renews_at_that_moment_keeps_it_and_the_others_go(sides: tuple[Side, Side]) -> None:
    first, second = sides
    kept, lost = _lost(), _lost()
    with held(first, lambda: transitions.renew([kept.ref])):
        rescued = second.start(transitions.rescue).result(LIMIT_SECONDS)
        assert [found.job_id for found in rescued] == [lost.ref.job_id]
    assert transitions.rescue() == []
    assert fresh(kept.ref.job_id).status == "RUNNING"
    assert broken_promises() == {}


def test_a_job_that_waits_is_nobodys_to_lose() -> None:
    submit()
    assert transitions.rescue() == []

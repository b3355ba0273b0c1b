"""An attempt ends as its holder says, once; a job ends with it, at the right time, or waits for another."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobs import transitions
from jobs.states import Reason, Status
from jobs.transitions import Renewed, Settled

from .rows import attempt_of, claim, ending, fresh, history, running, sql
from .soundness import broken_promises
from .threads import LIMIT_SECONDS, Side, held

pytestmark = pytest.mark.django_db


def test_the_attempt_and_the_job_tell_the_same() -> None:
    one = running()
    usage, receipt = {"max_rss_mb": 12.5}, {"by": "cgroup", "verified_empty": True}
    over = ending(
        one, Status.FAILED, exit_code=None, signal=11, reason=Reason.SIGNAL, usage=usage, receipt=receipt
    )
    transitions.settle([replace(over, error_message="Segmentation fault", result_data={"half": 1})])
    job, attempt = fresh(one.ref.job_id), attempt_of(one)
    assert (job.status, job.reason, job.exit_code, job.attempts_used) == ("FAILED", "signal", None, 1)
    assert (attempt.signal, attempt.reason, attempt.usage, attempt.receipt) == (11, "signal", usage, receipt)
    assert job.error_message == attempt.error_message == "Segmentation fault"
    assert job.result_data == attempt.result_data == {"half": 1}


def test_an_end_without_a_time_is_now() -> None:
    one = running()
    sql("UPDATE jobs_job SET started_at = now() - interval '1 hour' WHERE id = %s", [one.ref.job_id])
    transitions.settle([ending(one)])
    job = fresh(one.ref.job_id)
    assert job.completed_at is not None
    assert job.started_at is not None
    assert job.completed_at - job.started_at >= timedelta(hours=1)


@pytest.mark.parametrize("years", [-10, 10])
def test_a_machine_with_a_wrong_clock_makes_no_impossible_time(years: int) -> None:
    one = running()
    transitions.settle([ending(one, ended_at=datetime.now(UTC) + timedelta(days=365 * years))])
    job = fresh(one.ref.job_id)
    assert job.completed_at is not None
    assert job.started_at is not None
    assert job.started_at <= job.completed_at <= job.status_changed_at


def test_a_delay_puts_the_next_attempt_off() -> None:
    one = running(max_attempts=3)
    over = ending(one, Status.PENDING, reason=Reason.EXIT_CODE, exit_code=4, delay=3600.0)
    transitions.settle([over])
    job = fresh(one.ref.job_id)
    assert (job.status, job.attempt, job.attempts_used, job.exit_code) == ("PENDING", 2, 1, None)
    assert (
        timedelta(0) <= job.available_at - job.status_changed_at - timedelta(hours=1) < timedelta(seconds=5)
    )
    assert attempt_of(one).exit_code == 4


def test_two_endings_of_one_job_are_told_apart_by_their_attempt() -> None:
    first = running(max_attempts=2)
    transitions.settle([ending(first, Status.PENDING, reason=Reason.WORKER_LOST, exit_code=None)])
    second = claim(fresh(first.ref.job_id))
    late = ending(first, Status.FAILED, exit_code=9)
    assert transitions.settle([late, ending(second)]) == {
        first.ref.attempt_id: Settled.FENCED,
        second.ref.attempt_id: Settled.NOW,
    }
    assert history(first.ref.job_id) == ["PENDING", "RUNNING", "PENDING", "RUNNING", "COMPLETED"]
    assert broken_promises() == {}


def test_an_ending_of_a_deleted_job_is_fenced() -> None:
    one = running()
    transitions.settle([ending(one)])
    transitions.delete(one.ref.job_id)
    assert transitions.settle([ending(one)]) == {one.ref.attempt_id: Settled.FENCED}


@pytest.mark.usefixtures("transactional_db")
def test_a_batch_waits_for_nobody(sides: tuple[Side, Side]) -> None:
    """One holds the first of three jobs: the others are settled, and it is told to be busy, not lost."""
    first, second = sides
    ours = [running() for _ in range(3)]
    there = [ending(one) for one in ours]
    with held(first, lambda: transitions.cancel(ours[0].ref.job_id, by="ada"), statements=2):
        outcome = second.start(lambda: transitions.settle(there)).result(LIMIT_SECONDS)
    assert outcome == dict(zip((one.ref.attempt_id for one in ours), ("busy", "now", "now"), strict=True))
    assert set(transitions.settle(there).values()) == {"now", "already"}
    assert broken_promises() == {}


@pytest.mark.usefixtures("transactional_db")
def test_a_renewal_tells_what_is_busy_from_what_is_lost(sides: tuple[Side, Side]) -> None:
    first, second = sides
    ours = [running() for _ in range(3)]
    transitions.settle([ending(ours[0])])
    with held(first, lambda: transitions.settle([ending(ours[1])])):
        renewal = second.start(lambda: transitions.renew([one.ref for one in ours]))
        renewed = renewal.result(LIMIT_SECONDS)
    assert renewed == Renewed(kept={ours[2].ref.attempt_id}, lost={ours[0].ref.attempt_id})

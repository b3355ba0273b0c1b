"""A job that ends badly is tried again as often as it allows."""

from engine.tests.harness import Machine, attempt_of, log_of, story
from jobs.models import Attempt
from jobs.states import Reason, Status


def test_it_is_tried_again_until_it_succeeds(machine: Machine) -> None:
    job = machine.run(
        "echo attempt $JOBDECK_ATTEMPT; [ $JOBDECK_ATTEMPT -eq 3 ]", max_attempts=5, retry_delay=0
    )
    assert (job.status, job.attempt, job.attempts_used) == (Status.COMPLETED, 3, 3)
    assert [log_of(job, number=number) for number in (1, 2, 3)] == [
        b"attempt 1\n",
        b"attempt 2\n",
        b"attempt 3\n",
    ]
    assert [status for status, _ in story(job)] == [
        Status.PENDING,
        Status.RUNNING,
        Status.PENDING,
        Status.RUNNING,
        Status.PENDING,
        Status.RUNNING,
        Status.COMPLETED,
    ]
    assert "Attempt 2 of 5 follows at once." in story(job)[2][1]


def test_it_fails_when_no_attempt_is_left(machine: Machine) -> None:
    job = machine.run("exit $JOBDECK_ATTEMPT", max_attempts=2, retry_delay=0)
    assert (job.status, job.exit_code, job.attempt) == (Status.FAILED, 2, 2)
    assert list(
        Attempt.objects.filter(job_id=job.pk).order_by("number").values_list("exit_code", flat=True)
    ) == [1, 2]


def test_it_waits_between_attempts(machine: Machine) -> None:
    job = machine.run("[ $JOBDECK_ATTEMPT -eq 2 ]", max_attempts=2, retry_delay=1)
    first, second = attempt_of(job, 1), attempt_of(job, 2)
    assert job.status == Status.COMPLETED
    assert first.reason == Reason.EXIT_CODE
    assert first.ended_at is not None
    assert second.started_at is not None
    assert second.started_at > first.ended_at

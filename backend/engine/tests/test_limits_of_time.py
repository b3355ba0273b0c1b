"""When a job may begin, and how long it may take."""

from datetime import UTC, datetime, timedelta

from engine.tests.harness import Machine, attempt_of, log_of, story
from jobs.states import Reason, Status


def test_a_job_past_its_limit_is_ended(machine: Machine) -> None:
    job = machine.run("echo before; sleep 1000", timeout=1)
    assert (job.status, job.reason) == (Status.FAILED, Reason.TIMEOUT)
    assert story(job)[-1][1].startswith("Ran past its limit of 1 s and was ended: SIGTERM at ")
    assert log_of(job) == b"before\n"


def test_a_job_does_not_begin_before_its_time(machine: Machine) -> None:
    due = datetime.now(UTC) + timedelta(seconds=1.5)
    job = machine.run("true", scheduled_at=due)
    started = attempt_of(job).started_at
    assert job.status == Status.COMPLETED
    assert started is not None
    assert started >= due

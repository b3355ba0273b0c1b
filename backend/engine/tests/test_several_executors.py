"""One agent serves several executors: each gets its own jobs, and none waits for another that is away."""

import sys
from collections.abc import Iterator

import pytest

from engine.tests.harness import Machine, attempt_of, log_of, wait_for
from jobs import transitions
from jobs.models import Job, Worker
from jobs.states import Reason, Status

AGENT = [sys.executable, "-m", "engine.executors.tests.agent_with_threads"]


@pytest.fixture
def machine(transactional_db: None) -> Iterator[Machine]:
    with Machine(agent=AGENT, DJANGO_SETTINGS_MODULE="config.settings") as machine:
        yield machine


def status(job: Job) -> str:
    job.refresh_from_db()
    return job.status


def test_each_runs_the_jobs_that_name_it(machine: Machine) -> None:
    says_where = 'echo out; echo \'{"a": 1}\' > "$JOBDECK_RESULT"; [ -n "$JOBDECK_JOB_ID" ] && exit 0; exit 7'
    here, there = machine.submit(says_where), machine.submit(says_where, executor="thread")
    machine.wait_for_ends([here, there])
    assert (status(here), here.exit_code) == (Status.COMPLETED, 0)
    assert (status(there), there.exit_code) == (
        Status.FAILED,
        7,
    )  # it gives no job id: so it was the other one
    assert log_of(here) == log_of(there) == b"out\n"
    assert here.result_data == there.result_data == {"a": 1}


def test_the_worker_publishes_what_each_can_do(machine: Machine) -> None:
    wait_for(lambda: Worker.objects.filter(executors__has_key="thread").exists(), "it has registered")
    worker = Worker.objects.get()
    assert worker.executors["local"]["capacity"]["cpus"] == worker.capacity["cpus"] == 4
    assert worker.executors["thread"]["capacity"] is None
    assert worker.executors["thread"]["kill_by"] == "process group"
    assert worker.limits["kill_by"] == worker.executors["local"]["kill_by"]


def test_a_cancel_reaches_the_one_that_runs_it(machine: Machine) -> None:
    job = machine.submit("sleep 1000", executor="thread")
    wait_for(lambda: status(job) == Status.RUNNING, "it runs")
    transitions.cancel(job.pk, by="ann")
    machine.wait_for_ends([job])
    assert (status(job), job.reason) == (Status.CANCELLED, Reason.CANCELLED)
    receipt = attempt_of(job).receipt
    assert receipt is not None
    assert receipt["by"] == "process group"


def test_one_that_is_away_holds_up_no_other(machine: Machine) -> None:
    first = machine.submit("true")
    machine.wait_for_ends([first])
    machine.kill_runner()
    here, there = machine.submit("true"), machine.submit("true", executor="thread")
    wait_for(lambda: status(there) == Status.COMPLETED, "the other executor's job completes")
    assert status(here) == Status.PENDING
    machine.start_runner()
    machine.wait_for_ends([here])
    assert status(here) == Status.COMPLETED

"""Processes that no signal ends: the job keeps its place until they are gone, says so, and runs nowhere else.

They are frozen by the freezer of cgroups' first version, where a SIGKILL waits for the thaw.
"""

import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.following import LINGERS
from engine.tests.harness import Machine, attempt_of, log_of, story, wait_for
from jobs import transitions
from jobs.models import Attempt, Job
from jobs.states import Status

FREEZER = Path("/sys/fs/cgroup/freezer")

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not (FREEZER / "cgroup.procs").exists(), reason="needs root and a freezer"
)

IMPATIENT_RUNNER = """
import sys
from engine.runner import attempt, __main__
attempt.GIVE_UP_AFTER = attempt.PAUSE_WHILE_IT_LINGERS = 0.2
sys.exit(__main__.main())"""

LEAVE_ONE_FROZEN = """
echo attempt $JOBDECK_ATTEMPT
if [ $JOBDECK_ATTEMPT = 1 ]; then
    sleep 1000 & echo $! > $FREEZER/cgroup.procs; echo FROZEN > $FREEZER/freezer.state
    until grep -q FROZEN $FREEZER/freezer.state; do sleep 0.02; done
    exit $CODE
fi"""


@pytest.fixture
def freezer() -> Iterator[Path]:
    folder = FREEZER / f"jobdeck-test-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    yield folder
    thaw(folder)
    wait_for(lambda: not (folder / "cgroup.procs").read_text(), "it is empty")
    folder.rmdir()


@pytest.fixture
def impatient_machine(transactional_db: None, freezer: Path) -> Iterator[Machine]:
    with Machine(runner=(sys.executable, "-c", IMPATIENT_RUNNER), JOBDECK_GRACE_SECONDS="0.2") as machine:
        yield machine
        thaw(freezer)


def thaw(folder: Path) -> None:
    (folder / "freezer.state").write_text("THAWED")


def submit(machine: Machine, freezer: Path, code: int = 3) -> Job:
    environment = {"FREEZER": str(freezer), "CODE": str(code)}
    return machine.submit(LEAVE_ONE_FROZEN, environment=environment, max_attempts=2, retry_delay=0)


def says_that_it_lingers(job: Job) -> bool:
    job.refresh_from_db()
    return job.status_message == LINGERS


def test_it_is_tried_again_once_they_are_gone(impatient_machine: Machine, freezer: Path) -> None:
    job = submit(impatient_machine, freezer)
    wait_for(lambda: says_that_it_lingers(job), "it says what it waits for")
    neighbour = impatient_machine.submit("true")
    wait_for(lambda: Job.objects.get(pk=neighbour.pk).status == Status.COMPLETED, "others go on")
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.RUNNING, 1)
    thaw(freezer)
    impatient_machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.attempt, attempt_of(job, 1).exit_code) == (Status.COMPLETED, 2, 3)
    assert log_of(job) == b"attempt 2\n"
    assert (Status.RUNNING, LINGERS) in story(job)


def test_another_agent_keeps_it_and_says_so_again(impatient_machine: Machine, freezer: Path) -> None:
    job = submit(impatient_machine, freezer)
    wait_for(lambda: says_that_it_lingers(job), "it says what it waits for")
    impatient_machine.kill_agent()
    said, before = len(story(job)), attempt_of(job).dispatched_at
    Attempt.objects.update(lease_until=before)
    impatient_machine.start_agent()
    wait_for(lambda: len(story(job)) > said, "the next agent says it too")
    wait_for(lambda: attempt_of(job).lease_until != before, "it renews the lease")
    assert transitions.rescue(grace_seconds=0) == []
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.RUNNING, 1)
    thaw(freezer)
    impatient_machine.wait_for_ends([job])


def test_a_cancel_waits_for_them_too(impatient_machine: Machine, freezer: Path) -> None:
    job = submit(impatient_machine, freezer)
    wait_for(lambda: says_that_it_lingers(job), "it says what it waits for")
    transitions.cancel(job.pk, by="ana")
    wait_for(lambda: says_that_it_lingers(job), "it still says it")
    thaw(freezer)
    impatient_machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.CANCELLED, 1)


def test_after_a_runner_was_killed_it_is_not_tried_again(impatient_machine: Machine, freezer: Path) -> None:
    """The next runner has seen no end, and cannot end them either."""
    job = submit(impatient_machine, freezer)
    wait_for(lambda: says_that_it_lingers(job), "it says what it waits for")
    impatient_machine.kill_runner()
    impatient_machine.start_runner()
    impatient_machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.FAILED, 1)
    assert "nothing follows by itself" in story(job)[-1][1]

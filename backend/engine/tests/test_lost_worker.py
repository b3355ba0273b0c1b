"""What runs on a machine that is gone ends as lost, and another machine takes it where the job allows."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from engine.runner.clock import boottime
from engine.runner.protocol import Spec
from engine.tests.harness import Machine, attempt_of, log_of, story, wait_for
from jobs import transitions
from jobs.attempts import AttemptRef
from jobs.logs import find_log
from jobs.models import Attempt, Job
from jobs.states import Reason, Status

SHORT = {"JOBDECK_LEASE_SECONDS": "3", "JOBDECK_GRACE_SECONDS": "0.2", "JOBDECK_HEARTBEAT_SECONDS": "0.5"}
WHERE = 'echo "$WHO" attempt $JOBDECK_ATTEMPT; echo begun >> $LEDGER; while [ ! -e $GO ]; do sleep 0.05; done'


@pytest.fixture
def hasty_machine(transactional_db: None) -> Iterator[Machine]:
    with Machine(**SHORT) as machine:
        yield machine


def submit(machine: Machine, folder: Path, **fields: object) -> Job:
    environment = {"GO": str(folder / "go"), "LEDGER": str(folder / "ledger")}
    return machine.submit(WHERE, environment=environment, **fields)


def runs(job: Job, number: int) -> bool:
    return Attempt.objects.filter(job_id=job.pk, number=number, shipped_stdout__gt=0).exists()


def test_another_worker_takes_a_lost_workers_job(hasty_machine: Machine, tmp_path: Path) -> None:
    job = submit(hasty_machine, tmp_path, max_attempts=2)
    wait_for(lambda: runs(job, 1), "it runs")
    hasty_machine.kill_agent()
    hasty_machine.kill_runner()
    wait_for(lambda: transitions.rescue(grace_seconds=0), "its lease has run out")
    (tmp_path / "go").touch()
    with Machine(**SHORT) as other:
        other.wait_for_ends([job])
        job.refresh_from_db()
        assert (job.status, job.attempt) == (Status.COMPLETED, 2)
        first, second = attempt_of(job, 1), attempt_of(job, 2)
        assert first.reason == Reason.WORKER_LOST
        assert first.worker_id != second.worker_id
        assert log_of(job) == b" attempt 2\n"


def test_a_job_that_allows_no_second_attempt_fails(hasty_machine: Machine, tmp_path: Path) -> None:
    job = submit(hasty_machine, tmp_path)
    wait_for(lambda: runs(job, 1), "it runs")
    hasty_machine.kill_agent()
    wait_for(lambda: transitions.rescue(grace_seconds=0), "its lease has run out")
    job.refresh_from_db()
    assert (job.status, job.reason) == (Status.FAILED, Reason.WORKER_LOST)


def test_a_lease_is_renewed_for_as_long_as_the_job_runs(hasty_machine: Machine, tmp_path: Path) -> None:
    job = submit(hasty_machine, tmp_path)
    wait_for(lambda: runs(job, 1), "it runs")
    seen = set()

    def twice_renewed() -> bool:
        seen.add(attempt_of(job).lease_until)
        return len(seen) > 2

    wait_for(twice_renewed, "it is renewed twice")
    assert transitions.rescue(grace_seconds=0) == []
    (tmp_path / "go").touch()
    hasty_machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.COMPLETED, 1)


def test_what_was_rescued_is_ended_where_it_still_runs(own_machine: Machine, tmp_path: Path) -> None:
    """The agent was away for so long that the database has given up; its runner has not noticed."""
    job = submit(own_machine, tmp_path)
    wait_for(lambda: runs(job, 1), "it runs")
    own_machine.kill_agent()
    Attempt.objects.update(lease_until="2000-01-01T00:00:00Z")
    assert [lost.status for lost in transitions.rescue()] == [Status.FAILED]
    log = find_log(job.pk, "stdout")
    assert log is not None
    assert not log.complete, "nobody knows whether that was all"
    own_machine.start_agent()
    own_machine.wait_until_at_rest()
    assert attempt_of(job).log_complete
    job.refresh_from_db()
    assert (job.status, job.reason) == (Status.FAILED, Reason.WORKER_LOST)
    assert log_of(job) == b" attempt 1\n"


def test_the_runner_ends_what_nobody_renews(hasty_machine: Machine, tmp_path: Path) -> None:
    job = submit(hasty_machine, tmp_path)
    wait_for(lambda: runs(job, 1), "it runs")
    hasty_machine.kill_agent()
    wait_for(hasty_machine.exit_record(attempt_of(job)).exists, "the runner ended it")
    hasty_machine.start_agent()
    hasty_machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.reason) == (Status.FAILED, Reason.WORKER_LOST)
    assert "lease ran out" in story(job)[-1][1]


def test_a_killed_runner_loses_its_jobs_honestly(own_machine: Machine, tmp_path: Path) -> None:
    job = submit(own_machine, tmp_path, max_attempts=2)
    wait_for(lambda: runs(job, 1), "it runs")
    own_machine.kill_runner()
    own_machine.start_runner()
    wait_for(lambda: runs(job, 2), "it runs again")
    (tmp_path / "go").touch()
    own_machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.attempt, attempt_of(job, 1).reason) == (Status.COMPLETED, 2, Reason.WORKER_LOST)
    assert (tmp_path / "ledger").read_text() == "begun\nbegun\n"
    assert log_of(job, number=1).startswith(b" attempt 1\n")


def test_a_job_of_which_the_spool_knows_nothing_is_lost(own_machine: Machine, tmp_path: Path) -> None:
    """It had begun, and its folder is gone: nobody may say that it never ran."""
    job = submit(own_machine, tmp_path, max_attempts=1)
    wait_for(lambda: runs(job, 1), "it runs")
    wait_for(lambda: attempt_of(job).started_at, "its start is noted")
    own_machine.kill_agent()
    attempt = attempt_of(job)
    with own_machine.runner_client() as runner:
        runner.stop(attempt.pk, str(attempt.lease), reason="fenced", grace=0)
        wait_for((own_machine.exit_record(attempt)).exists, "it has ended")
        assert not runner.forget_many({attempt.pk: str(attempt.lease)})
    own_machine.start_agent()
    own_machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.reason) == (Status.FAILED, Reason.WORKER_LOST)


def test_what_the_database_does_not_know_is_ended_and_removed(machine_without_agent: Machine) -> None:
    """A spool from before the database was restored, say."""
    unknown = Spec(
        ref=AttemptRef(job_id=10**9, attempt_id=10**9, number=1, lease=uuid4()),
        command="sleep 1000",
        deadline=boottime() + 600,
        grace=1.0,
    )
    wait_for(machine_without_agent.runner_listens, "the runner listens")
    with machine_without_agent.runner_client() as runner:
        assert not runner.start_many([unknown])
    machine_without_agent.start_agent()
    machine_without_agent.wait_until_at_rest()
    assert not Attempt.objects.exists()

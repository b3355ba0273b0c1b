"""The agent is killed: jobs run on, the next agent brings their ends in, and nothing runs twice."""

import signal
from pathlib import Path

import pytest

from engine.tests.harness import Machine, attempt_of, log_of, story, wait_for
from jobs import transitions
from jobs.models import Attempt, Job
from jobs.states import Reason, Status

LINES = 200
EXPECTED_LOG = b"".join(b"line %d\n" % number for number in range(1, LINES + 1))


def submit_ten(machine: Machine, folder: Path) -> list[Job]:
    """Ten jobs, each with an exit code of its own, 200 numbered lines and an entry in a ledger of its own."""
    (folder / "ledger").mkdir()
    command = """
        echo started >> $LEDGER
        i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i; done
        while [ ! -e $GO ]; do sleep 0.05; done
        while [ $i -lt 200 ]; do i=$((i+1)); echo line $i; done
        echo ended >> $LEDGER
        exit $CODE"""
    return [
        machine.submit(
            command,
            environment={
                "CODE": str(code),
                "LEDGER": str(folder / "ledger" / str(code)),
                "GO": str(folder / "go"),
            },
            resource_requirements={"cpus": 0.1},
        )
        for code in range(10)
    ]


def check_ten(machine: Machine, jobs: list[Job], folder: Path) -> None:
    machine.wait_for_ends(jobs)
    for code, job in enumerate(jobs):
        job.refresh_from_db()
        assert (job.status, job.exit_code) == (Status.FAILED if code else Status.COMPLETED, code)
        assert log_of(job) == EXPECTED_LOG
        assert attempt_of(job).log_complete
        assert (folder / "ledger" / str(code)).read_text() == "started\nended\n"


def test_ten_jobs_outlive_the_agent(own_machine: Machine, tmp_path: Path) -> None:
    jobs = submit_ten(own_machine, tmp_path)
    wait_for(lambda: Job.objects.filter(status=Status.RUNNING).count() == 10, "all ten run")
    wait_for(lambda: len(list((tmp_path / "ledger").iterdir())) == 10, "all ten have begun")
    own_machine.kill_agent()
    (tmp_path / "go").touch()
    exits = [own_machine.exit_record(attempt) for attempt in Attempt.objects.all()]
    wait_for(lambda: all(path.exists() for path in exits), "all ten have exited")
    assert Job.objects.filter(status=Status.RUNNING).count() == 10
    own_machine.start_agent()
    check_ten(own_machine, jobs, tmp_path)
    assert Attempt.objects.count() == 10


@pytest.mark.parametrize("point", ["agent.claimed", "agent.starting", "agent.started", "agent.noted"])
def test_killed_between_claim_and_start(machine_without_agent: Machine, tmp_path: Path, point: str) -> None:
    jobs = submit_ten(machine_without_agent, tmp_path)
    machine_without_agent.start_agent(JOBDECK_FAILPOINTS=f"{point}=kill")
    assert machine_without_agent.agent is not None
    assert machine_without_agent.agent.wait() == -signal.SIGKILL
    assert Job.objects.filter(status=Status.RUNNING).count() == 10
    (tmp_path / "go").touch()
    machine_without_agent.start_agent()
    check_ten(machine_without_agent, jobs, tmp_path)
    # What had not begun went back to the queue and is not counted as an attempt.
    assert set(Job.objects.values_list("attempts_used", flat=True)) == {1}
    uncounted = Attempt.objects.filter(reason=Reason.INTERRUPTED)
    assert (
        uncounted.count()
        == {"agent.claimed": 10, "agent.starting": 10, "agent.started": 0, "agent.noted": 0}[point]
    )
    assert all(attempt.started_at is None for attempt in uncounted)


@pytest.mark.parametrize("point", ["agent.shipped", "agent.settled", "agent.forgotten"])
def test_killed_between_the_end_and_the_last_trace(
    machine_without_agent: Machine, tmp_path: Path, point: str
) -> None:
    jobs = submit_ten(machine_without_agent, tmp_path)
    (tmp_path / "go").touch()
    machine_without_agent.start_agent(JOBDECK_FAILPOINTS=f"{point}=kill")
    assert machine_without_agent.agent is not None
    assert machine_without_agent.agent.wait() == -signal.SIGKILL
    machine_without_agent.start_agent()
    check_ten(machine_without_agent, jobs, tmp_path)


def test_killed_after_a_log_that_was_longer_than_the_way_to_the_end(machine_without_agent: Machine) -> None:
    """So long that the end was settled before all of it was shipped."""
    job = machine_without_agent.submit("yes | head -c 5000000")
    machine_without_agent.start_agent(JOBDECK_FAILPOINTS="agent.finished=kill")
    assert machine_without_agent.agent is not None
    assert machine_without_agent.agent.wait() == -signal.SIGKILL
    machine_without_agent.start_agent()
    machine_without_agent.wait_for_ends([job])
    assert attempt_of(job).log_complete
    assert log_of(job) == b"y\n" * 2_500_000


def test_an_agent_that_is_told_to_leave_leaves_the_jobs_running(own_machine: Machine, tmp_path: Path) -> None:
    job = own_machine.submit(
        "echo $$; while [ ! -e $GO ]; do sleep 0.05; done; exit 7", environment={"GO": str(tmp_path / "go")}
    )
    wait_for(lambda: Attempt.objects.filter(shipped_stdout__gt=0).exists(), "it runs")
    assert own_machine.stop_agent() == 0
    job.refresh_from_db()
    assert job.status == Status.RUNNING
    own_machine.start_agent()
    (tmp_path / "go").touch()
    own_machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.exit_code, job.attempt) == (7, 1)
    assert len(story(job)) == 3


def test_a_second_agent_of_the_same_home_waits(own_machine: Machine) -> None:
    first = own_machine.agent
    assert first is not None
    wait_for(own_machine.home.worker_id.exists, "the first serves")
    own_machine.start_agent()
    second = own_machine.agent
    log = own_machine.root / "agent.log"
    wait_for(
        lambda: f"The agent with pid {first.pid} serves this home" in log.read_text(), "it says who serves"
    )
    first.kill()
    first.wait()
    assert own_machine.run("echo taken over").status == Status.COMPLETED
    assert second is not None
    assert second.poll() is None


def test_a_cancel_that_comes_too_late_changes_nothing(own_machine: Machine, tmp_path: Path) -> None:
    """The job ends by itself while no agent is there to carry the request out."""
    job = own_machine.submit(
        "echo ready; while [ ! -e $GO ]; do sleep 0.02; done; exit 4",
        max_attempts=1,
        environment={"GO": str(tmp_path / "go")},
    )
    wait_for(lambda: Attempt.objects.filter(shipped_stdout__gt=0).exists(), "it runs")
    own_machine.kill_agent()
    transitions.cancel(job.pk, by="ana")
    (tmp_path / "go").touch()
    wait_for(own_machine.exit_record(attempt_of(job)).exists, "it has exited")
    own_machine.start_agent()
    own_machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.exit_code) == (Status.FAILED, 4)
    assert "The cancel by ana came too late: it had ended by itself." in story(job)[-1][1]

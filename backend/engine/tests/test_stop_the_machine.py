"""The machine is stopped: what can end ends, and the rest goes back to the queue, uncounted."""

import signal
from pathlib import Path

from engine.tests.harness import Machine, attempt_of, story, wait_for
from jobs.models import Attempt, Job, Worker
from jobs.states import Reason, Status


def wait_until_it_runs(job: Job) -> None:
    wait_for(lambda: Attempt.objects.filter(job_id=job.pk, shipped_stdout__gt=0).exists(), "it runs")


def test_running_jobs_go_back_to_the_queue_uncounted(own_machine: Machine, tmp_path: Path) -> None:
    job = own_machine.submit("echo begun; sleep 1000")
    only_once = own_machine.submit("echo begun; sleep 1000", retry_on_lost=False)
    wait_until_it_runs(job)
    wait_until_it_runs(only_once)
    assert own_machine.agent is not None
    own_machine.agent.send_signal(signal.SIGUSR2)
    wait_for(
        lambda: Worker.objects.filter(name=own_machine.root.name, state="draining").exists(),
        "it claims nothing more",
    )
    late = own_machine.submit("true")
    assert own_machine.stop_agent(signal.SIGUSR2) == 0
    for one in (job, only_once, late):
        one.refresh_from_db()
    assert (job.status, job.attempt, job.attempts_used) == (Status.PENDING, 2, 0)
    assert attempt_of(job, 1).reason == Reason.INTERRUPTED
    assert attempt_of(job, 1).log_complete
    assert "this attempt does not count" in story(job)[-1][1]
    assert (only_once.status, only_once.reason) == (Status.FAILED, Reason.INTERRUPTED)
    assert late.status == Status.PENDING
    assert Worker.objects.get(name=own_machine.root.name).state == "stopped"
    assert own_machine.spooled() == []


def test_a_job_that_is_about_to_end_gets_the_time(own_machine: Machine, tmp_path: Path) -> None:
    job = own_machine.submit(
        "echo begun; while [ ! -e $GO ]; do sleep 0.02; done; exit 5",
        environment={"GO": str(tmp_path / "go")},
    )
    wait_until_it_runs(job)
    assert own_machine.agent is not None
    own_machine.agent.send_signal(signal.SIGUSR2)
    wait_for(
        lambda: Worker.objects.filter(name=own_machine.root.name, state="draining").exists(),
        "it claims nothing more",
    )
    (tmp_path / "go").touch()
    assert own_machine.agent.wait() == 0
    job.refresh_from_db()
    assert (job.status, job.exit_code) == (Status.FAILED, 5)

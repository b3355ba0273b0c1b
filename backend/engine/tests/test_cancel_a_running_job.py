"""A cancel ends the whole of a job, and the history shows how."""

from pathlib import Path

import psutil

from api.serializers.attempt import ReceiptSerializer, UsageSerializer
from engine.tests.harness import Machine, attempt_of, story, wait_for
from jobs import transitions
from jobs.models import Attempt, Job
from jobs.queries import job_detail
from jobs.states import Reason, Status

HIDING = """trap "" TERM; setsid sh -c 'trap "" TERM; echo ready; sleep 1000' & wait"""


def processes_of(job: Job) -> list[psutil.Process]:
    """The live processes with this job's id in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            named = process.environ().get("JOBDECK_JOB_ID") == str(job.pk)
            if named and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def wait_for_output(job: Job) -> None:
    wait_for(lambda: Attempt.objects.filter(job_id=job.pk, shipped_stdout__gt=0).exists(), "it has begun")


def described(job: Job) -> None:
    """What the runner found out is what the API says that it tells."""
    detail = job_detail(job.pk)
    assert detail is not None
    attempt = detail["attempts"][-1]
    assert set(attempt["receipt"]) == set(ReceiptSerializer().fields)
    assert set(attempt["usage"]) == set(UsageSerializer().fields)


def test_a_job_that_ignores_sigterm_and_hides_leaves_no_process(machine: Machine) -> None:
    job = machine.submit(HIDING)
    wait_for_output(job)
    assert len(processes_of(job)) >= 2
    assert not transitions.cancel(job.pk, by="ana").at_once
    machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.reason) == (Status.CANCELLED, Reason.CANCELLED)
    assert processes_of(job) == []
    receipt = attempt_of(job).receipt
    assert receipt is not None
    assert receipt["verified_empty"]
    assert receipt["kill_at"] is not None
    described(job)
    message = story(job)[-1][1]
    assert message.startswith("Cancelled by ana: SIGTERM at ")
    assert "no process left (by cgroup)" in message or "no process left (by environment mark)" in message


def test_a_job_may_tidy_up_before_it_goes(machine: Machine, tmp_path: Path) -> None:
    job = machine.submit(
        f"trap 'echo tidy > {tmp_path}/tidy; exit 0' TERM; echo ready; while :; do sleep 0.02; done"
    )
    wait_for_output(job)
    transitions.cancel(job.pk, by="ana")
    machine.wait_for_ends([job])
    job.refresh_from_db()
    assert job.status == Status.CANCELLED
    assert (tmp_path / "tidy").read_text() == "tidy\n"
    receipt = attempt_of(job).receipt
    assert receipt is not None
    assert receipt["kill_at"] is None


def test_a_cancelled_job_is_not_tried_again(machine: Machine) -> None:
    job = machine.submit("echo ready; sleep 1000", max_attempts=5, retry_delay=0)
    wait_for_output(job)
    transitions.cancel(job.pk, by="ana")
    machine.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.CANCELLED, 1)

"""Many at once: each ends once, by its own exit code, and the counters are the rows."""

from collections import Counter

from engine.claiming import NO_ROOM
from engine.tests.harness import Machine, wait_for
from jobs import counters, transitions
from jobs.models import Attempt, Job, JobStatus
from jobs.states import ENDED, Status


def test_two_hundred_jobs_each_end_once(machine: Machine) -> None:
    jobs = [
        machine.submit("exit $((JOBDECK_JOB_ID % 3))", resource_requirements={"cpus": 0.2})
        for _ in range(200)
    ]
    machine.wait_for_ends(jobs)
    for job in Job.objects.all():
        assert (job.status, job.exit_code) == (Status.FAILED if job.pk % 3 else Status.COMPLETED, job.pk % 3)
    assert Attempt.objects.exclude(error_message=NO_ROOM).count() == 200
    ends = JobStatus.objects.filter(status_type__in=[status.value for status in ENDED])
    assert set(Counter(ends.values_list("job_id", flat=True)).values()) == {1}
    rows = Counter(Job.objects.values_list("status", flat=True))
    assert Counter(counters.totals().by_status) == rows
    counters.fold()
    assert Counter(counters.totals().by_status) == rows


def test_what_fits_runs_together_and_no_more(machine: Machine) -> None:
    """Four CPUs, of which three and a half are taken: two do not fit, and the half behind them does."""
    big = machine.submit("sleep 1000", resource_requirements={"cpus": 3})
    small = machine.submit("sleep 1000", resource_requirements={"cpus": 0.5})
    wait_for(lambda: Job.objects.filter(status=Status.RUNNING).count() == 2, "two run together")
    middle = machine.submit("true", resource_requirements={"cpus": 2})
    behind = machine.submit("true", resource_requirements={"cpus": 0.5})
    wait_for(lambda: Job.objects.get(pk=behind.pk).status == Status.COMPLETED, "the one behind has run")
    assert Job.objects.get(pk=middle.pk).status == Status.PENDING
    for job in (big, small):
        transitions.cancel(job.pk, by="ana")
    machine.wait_for_ends([big, small, middle])
    assert Job.objects.get(pk=middle.pk).status == Status.COMPLETED


def test_what_no_machine_can_hold_stays_pending(machine: Machine) -> None:
    too_big = machine.submit("true", resource_requirements={"cpus": 64})
    machine.run("true", priority=1)
    too_big.refresh_from_db()
    assert too_big.status == Status.PENDING
    transitions.cancel(too_big.pk, by="ana")

"""The database goes away for a while: jobs run on, and the agent takes up where it was."""

import time
from pathlib import Path

from django.db import connection

from engine.tests.harness import Machine, log_of, wait_for
from jobs.models import Job, Worker
from jobs.states import Status

CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'jobdeck-%'
  AND application_name NOT IN ('jobdeck-web', 'jobdeck-announcer')
"""


def cut() -> int:
    """End the sessions of agents and schedulers; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(CUT)
        return len(cursor.fetchall())


def test_connections_are_cut_again_and_again(own_machine: Machine, tmp_path: Path) -> None:
    command = (
        "for i in $(seq 60); do echo $i; sleep 0.02; done; echo ran >> $LEDGER; exit $((JOBDECK_JOB_ID % 5))"
    )
    jobs = [
        own_machine.submit(
            command, environment={"LEDGER": str(tmp_path / f"{n}")}, resource_requirements={"cpus": 0.5}
        )
        for n in range(16)
    ]
    cuts = 0

    def all_ended() -> bool:
        nonlocal cuts
        time.sleep(0.5)
        cuts += cut()
        return not Job.objects.filter(status__in=[Status.PENDING, Status.RUNNING]).exists()

    wait_for(all_ended, "all have ended")
    own_machine.wait_for_ends(jobs)
    assert cuts
    for n, job in enumerate(jobs):
        job.refresh_from_db()
        assert job.exit_code == job.pk % 5
        assert log_of(job) == b"".join(b"%d\n" % number for number in range(1, 61))
        assert (tmp_path / f"{n}").read_text() == "ran\n"
    assert own_machine.agent is not None
    assert own_machine.agent.poll() is None


def test_a_worker_that_the_database_has_forgotten_registers_again(own_machine: Machine) -> None:
    wait_for(Worker.objects.exists, "it has registered")
    Worker.objects.all().delete()
    wait_for(Worker.objects.exists, "it has registered again")

"""Somebody else holds a row for long: the others settle meanwhile, and nothing of a result is lost by it."""

from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from engine.tests.harness import Machine, attempt_of, database_url, log_of, story, wait_for
from jobs.models import Attempt, Job
from jobs.states import Status

WAIT_THEN_SAY = """
echo begun; while [ ! -e $GO ]; do sleep 0.02; done; echo done
echo '{"answer": 42}' > $JOBDECK_RESULT; touch $GO.said"""

WAITING = """
SELECT query_start FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'jobdeck-worker' AND wait_event_type = 'Lock'"""


@pytest.fixture
def agent_that_waits_briefly(machine_without_agent: Machine) -> Machine:
    """Where it waits for a row, it does so for a second instead of five."""
    machine_without_agent.start_agent(DATABASE_URL=database_url("-c lock_timeout=1s"))
    return machine_without_agent


def waiting_since() -> set[datetime]:
    """When the agent's statements began that wait for a lock now."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return {row[0] for row in cursor.fetchall()}


def lock_row(table: str, job: Job) -> tuple[str, list[int]]:
    row = job.pk if table == "jobs_job" else attempt_of(job).pk
    return f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE", [row]  # noqa: S608


@pytest.mark.parametrize("table", ["jobs_job", "jobs_attempt"])
def test_a_job_whose_row_is_locked_ends_with_its_whole_result(
    agent_that_waits_briefly: Machine, tmp_path: Path, table: str
) -> None:
    """Held until its neighbours have ended, or through three waits of the agent: it had patience for four."""
    go, machine = tmp_path / "go", agent_that_waits_briefly
    locked = machine.submit(WAIT_THEN_SAY, environment={"GO": str(go)}, resource_requirements={"cpus": 0.1})
    wait_for(lambda: Attempt.objects.filter(shipped_stdout__gt=0).exists(), "it runs")
    waits: set[datetime] = set()
    with machine.another_session() as session:
        session.execute(*lock_row(table, locked))
        go.touch()
        wait_for((tmp_path / "go.said").exists, "it has said all")
        neighbours = [machine.submit("echo free").pk for _ in range(3)]

        def neighbours_ended() -> bool:
            waits.update(waiting_since())
            ended = Job.objects.filter(pk__in=neighbours, status=Status.COMPLETED)
            return len(waits) >= 3 or ended.count() == len(neighbours)

        wait_for(neighbours_ended, "its neighbours have ended")
        assert Job.objects.get(pk=locked.pk).status == Status.RUNNING
    machine.wait_for_ends([locked])
    locked.refresh_from_db()
    assert (locked.status, locked.result_data) == (Status.COMPLETED, {"answer": 42})
    assert story(locked)[-1][1].startswith("Completed after")
    assert log_of(locked) == b"begun\ndone\n"
    assert len(waits) < 3, "its neighbours were held up"


def test_a_lease_is_not_lost_while_its_row_is_locked(machine_without_agent: Machine, tmp_path: Path) -> None:
    """The renewals that come meanwhile find nothing to renew, and must not take that for the end of it."""
    machine_without_agent.start_agent(JOBDECK_LEASE_SECONDS="9", JOBDECK_GRACE_SECONDS="0.2")
    go = tmp_path / "go"
    jobs = [
        machine_without_agent.submit(
            WAIT_THEN_SAY, environment={"GO": str(go)}, resource_requirements={"cpus": 0.1}
        )
        for _ in range(2)
    ]
    wait_for(lambda: Attempt.objects.filter(shipped_stdout__gt=0).count() == 2, "both run")
    locked, neighbour = jobs
    seen = set()

    def neighbour_was_renewed() -> bool:
        seen.add(attempt_of(neighbour).lease_until)
        return len(seen) > 1

    with machine_without_agent.another_session() as session:
        session.execute(*lock_row("jobs_attempt", locked))
        wait_for(neighbour_was_renewed, "its neighbour's lease is renewed")
    go.touch()
    machine_without_agent.wait_for_ends(jobs)
    for job in jobs:
        job.refresh_from_db()
        assert (job.status, job.result_data) == (Status.COMPLETED, {"answer": 42})

"""The database's clock is set: nobody loses a job by it, and what is lost is still found.

No clock is touched: a schema ahead of PostgreSQL's own has the clock's functions, which tests can move.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from django.db import connection

from engine import database_clock
from engine.database_clock import DatabaseClock
from engine.scheduler import Scheduler
from engine.tests.harness import Machine, attempt_of, database_url, wait_for
from jobs import transitions
from jobs.models import Attempt, Job
from jobs.states import Status
from jobs.transitions import Claimer

MOVABLE_CLOCK = """
CREATE SCHEMA movable;
CREATE TABLE movable.ahead (by interval NOT NULL);
INSERT INTO movable.ahead VALUES ('0');
CREATE FUNCTION movable.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
'SELECT pg_catalog.clock_timestamp() + by FROM movable.ahead';
CREATE FUNCTION movable.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS
'SELECT pg_catalog.statement_timestamp() + by FROM movable.ahead'"""
SEARCH_PATH = "movable,pg_catalog,public"
SEES_IT = f"-c search_path={SEARCH_PATH}"


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def set_clock(by: str) -> None:
    sql(f"UPDATE movable.ahead SET by = '{by}'")  # noqa: S608  (a constant of a test)


@pytest.fixture
def movable_clock(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Seen by this connection, by new sessions, and by agents with `SEES_IT` in their DATABASE_URL."""
    options = connection.settings_dict["OPTIONS"]
    monkeypatch.setitem(options, "options", f"{options.get('options', '')} {SEES_IT}")
    sql(MOVABLE_CLOCK)
    sql(f"SET search_path = {SEARCH_PATH}")
    yield
    sql("RESET search_path")
    sql("DROP SCHEMA movable CASCADE")


@pytest.fixture
def scheduler(movable_clock: None) -> Iterator[Scheduler]:
    """It leads, and not one of the agents that come later."""
    leader = Scheduler(unbroken_seconds=1)
    leader.turn()
    yield leader
    stop = Event()
    stop.set()
    leader.run(stop)


@pytest.fixture
def machine_that_sees_it(scheduler: Scheduler, machine_without_agent: Machine) -> Machine:
    machine_without_agent.start_agent(DATABASE_URL=database_url(SEES_IT), JOBDECK_HEARTBEAT_SECONDS="0.2")
    return machine_without_agent


def lose_a_job() -> Job:
    """One whose worker has not been heard of for ten minutes past its lease."""
    job = transitions.submit({"name": "lost", "command": "true", "executor": "none"}, owner_id=None)
    claimer = Claimer(name="gone", lease_seconds=60, executor="none")
    transitions.claim(claimer, lambda candidates: [candidate.id for candidate in candidates], look=1)
    Attempt.objects.filter(job_id=job.pk).update(lease_until=datetime.fromtimestamp(0).astimezone())
    return job


def turn_until_it_is_found(scheduler: Scheduler, lost: Job) -> None:
    def is_found() -> bool:
        scheduler.turn()
        return Job.objects.get(pk=lost.pk).status == Status.FAILED

    wait_for(is_found, "the scheduler finds what is lost")


@pytest.mark.parametrize("by", ["1 hour", "-1 hour"])
def test_a_running_job_is_not_taken_from_its_worker(
    machine_that_sees_it: Machine, scheduler: Scheduler, tmp_path: Path, by: str
) -> None:
    job = machine_that_sees_it.submit(
        "echo begun; while [ ! -e $GO ]; do sleep 0.02; done", environment={"GO": str(tmp_path / "go")}
    )
    wait_for(lambda: Attempt.objects.filter(shipped_stdout__gt=0).exists(), "it runs")
    turn_until_it_is_found(scheduler, lose_a_job())

    granted = attempt_of(job).lease_until
    set_clock(by)
    scheduler.turn()
    wait_for(lambda: attempt_of(job).lease_until != granted, "its worker renews the lease by the new clock")
    turn_until_it_is_found(scheduler, lose_a_job())

    (tmp_path / "go").touch()
    machine_that_sees_it.wait_for_ends([job])
    job.refresh_from_db()
    assert (job.status, job.attempt) == (Status.COMPLETED, 1)


def test_between_look_and_rescue_the_clock_may_be_set_too(movable_clock: None) -> None:
    clock = DatabaseClock()
    clock.jump(database_clock.read)
    job = lose_a_job()
    Attempt.objects.update(lease_until=datetime.fromtimestamp(database_clock.read() + 600).astimezone())
    set_clock("1 hour")
    assert transitions.rescue(latest=clock.latest()) == []
    assert [lost.job_id for lost in transitions.rescue()] == [job.pk]


class Clocks:
    """Two clocks that a test moves; the answer of the database comes `delay` after its clock was read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.own, self.database, self.delay = 1000.0, 1_700_000_000.0, 0.0
        monkeypatch.setattr("engine.database_clock.boottime", lambda: self.own)

    def pass_(self, seconds: float) -> None:
        self.own += seconds
        self.database += seconds

    def read(self) -> float:
        found = self.database
        self.pass_(self.delay)
        return found


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


def test_hours_that_pass_for_both_are_no_jump(clocks: Clocks) -> None:
    clock = DatabaseClock()
    assert clock.jump(clocks.read) == 0
    clocks.pass_(86_400)
    assert clock.jump(clocks.read) == 0


def test_a_slow_answer_is_no_jump(clocks: Clocks) -> None:
    clock = DatabaseClock()
    for delay in (0, 60, 0, 60, 60, 0):
        clocks.delay = delay
        assert clock.jump(clocks.read) == 0


@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_a_jump_is_told_once(clocks: Clocks, seconds: float) -> None:
    clock = DatabaseClock()
    clock.jump(clocks.read)
    clocks.database += seconds
    assert clock.jump(clocks.read) == seconds
    assert clock.jump(clocks.read) == 0


def test_many_small_steps_are_a_jump(clocks: Clocks) -> None:
    clock = DatabaseClock()
    jumps = []
    for _ in range(10):
        jumps.append(clock.jump(clocks.read))
        clocks.database += 1
        clocks.pass_(2)
    assert any(jumps)

"""The scheduler gives lost work to others, and only then; one of many leads."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.tests.factories import admin
from engine.scheduler import Scheduler
from jobs import counters, partitions, transitions
from jobs.models import ActivityDelta, Attempt, Job
from jobs.operations import Doing, OperationRequest, begin, preview
from jobs.states import Status
from jobs.transitions import Claimer


@pytest.fixture
def lost_job(transactional_db: None) -> Job:
    """A job whose worker has not been heard of for an hour after the end of its lease."""
    job = transitions.submit({"name": "lost", "command": "true", "max_attempts": 2}, owner_id=None)
    claimer = Claimer(name="gone", lease_seconds=60)
    transitions.claim(claimer, lambda candidates: [candidate.id for candidate in candidates], look=1)
    Attempt.objects.update(lease_until=datetime.now(UTC) - timedelta(hours=1))
    return job


def take_turns(*schedulers: Scheduler) -> None:
    """One turn each, then they stop."""
    for scheduler in schedulers:
        scheduler.turn()
    stop = threading.Event()
    stop.set()
    for scheduler in schedulers:
        scheduler.run(stop)


def test_a_lost_job_is_rescued(lost_job: Job) -> None:
    take_turns(Scheduler(unbroken_seconds=0))
    lost_job.refresh_from_db()
    assert (lost_job.status, lost_job.attempt) == (Status.PENDING, 2)


def test_after_an_outage_it_waits_for_the_agents_first(lost_job: Job) -> None:
    take_turns(Scheduler(unbroken_seconds=45))
    lost_job.refresh_from_db()
    assert lost_job.status == Status.RUNNING


def test_after_a_freeze_it_waits_for_the_agents_first(lost_job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 1000.0
    monkeypatch.setattr("engine.scheduler.boottime", lambda: clock)
    Attempt.objects.update(lease_until=datetime.now(UTC) + timedelta(hours=1))
    scheduler = Scheduler(unbroken_seconds=45)
    scheduler.turn()
    Attempt.objects.update(lease_until=datetime.now(UTC) - timedelta(hours=1))

    clock += 3600
    scheduler.turn()
    lost_job.refresh_from_db()
    assert lost_job.status == Status.RUNNING

    for _ in range(24):
        clock += 2
        scheduler.turn()
    take_turns(scheduler)
    lost_job.refresh_from_db()
    assert lost_job.status == Status.PENDING


def test_a_lease_that_has_just_run_out_is_left_alone(lost_job: Job) -> None:
    Attempt.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=5))
    take_turns(Scheduler(unbroken_seconds=0))
    lost_job.refresh_from_db()
    assert lost_job.status == Status.RUNNING


def test_counters_are_folded(lost_job: Job) -> None:
    assert ActivityDelta.objects.exists()
    take_turns(Scheduler())
    assert not ActivityDelta.objects.exists()
    assert counters.totals().by_status[Status.RUNNING] == 1


def test_counters_catch_up_in_one_turn_with_a_burst(lost_job: Job) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_activitydelta (hour, queue, pending)"
            " SELECT date_trunc('hour', now()), 'default', 0 FROM generate_series(1, 2 * %s)",
            [counters.MOST_FOLDED],
        )
    take_turns(Scheduler())
    assert not ActivityDelta.objects.exists()


def test_partitions_are_looked_after_every_ten_seconds(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, looks = 1000.0, list[float]()
    monkeypatch.setattr("engine.scheduler.boottime", lambda: clock)

    def look() -> list[str]:
        looks.append(clock)
        return []

    monkeypatch.setattr(partitions, "ensure", look)
    scheduler = Scheduler()
    for _ in range(16):
        scheduler.turn()
        clock += 2
    take_turns(scheduler)
    assert looks == [1000, 1010, 1020, 1030]


def test_rows_that_came_before_their_partition_raise_an_alarm(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(partitions, "strays", lambda: partitions.Strays(statuses=0, chunks=3))
    take_turns(Scheduler())
    alarms = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert ["3 log chunks" in alarm for alarm in alarms] == [True]


def test_one_leads(lost_job: Job) -> None:
    first, second = Scheduler(unbroken_seconds=45), Scheduler(unbroken_seconds=0)
    take_turns(first, second)
    lost_job.refresh_from_db()
    assert lost_job.status == Status.RUNNING


def test_another_leads_when_the_first_is_gone(lost_job: Job) -> None:
    take_turns(Scheduler(unbroken_seconds=45))
    take_turns(Scheduler(unbroken_seconds=0))
    lost_job.refresh_from_db()
    assert lost_job.status == Status.PENDING


def test_operations_are_carried_out_at_once(lost_job: Job) -> None:
    owner = admin("boss")
    waiting = transitions.submit({"name": "waits", "command": "true"}, owner_id=None)
    wanted = OperationRequest(Doing.CANCEL, {}, ids=(waiting.pk,))
    operation = begin(wanted, owner, preview(wanted, owner))
    take_turns(Scheduler())
    operation.refresh_from_db()
    waiting.refresh_from_db()
    assert (operation.state, waiting.status) == ("done", Status.CANCELLED)
    operation.delete()
    owner.delete()

"""The counters are exact whichever way rows change, and whatever happens at the same time."""

import random
from collections import Counter as Tally
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from math import floor, log2
from threading import Event

import pytest
from django.db import connection, transaction

from jobs import counters
from jobs.models import Counter, CounterDelta, HourlyEnd, HourlyEndDelta, Job
from jobs.states import Status

from .moves import MOVES, act, target
from .rows import NO_LEASE, ended, expire, reported, running, sql, submit
from .soundness import broken_promises

HOUR = datetime(2026, 3, 29, 1, tzinfo=UTC)


def _job(index: int, status: Status = Status.PENDING, **fields: object) -> Job:
    """A row as an import would write it, past every move."""
    is_ended, now = status in (Status.COMPLETED, Status.FAILED), datetime.now(UTC)
    defaults: dict[str, object] = {
        "name": f"job {index}",
        "status": status.value,
        "status_changed_at": now,
        "latest_status_id": 0,
        "available_at": now,
        "started_at": None if status is Status.PENDING else now - timedelta(minutes=1),
        "completed_at": now if is_ended else None,
        "reason": "timeout" if status is Status.FAILED else "",
    }
    return Job(**{**defaults, **fields})


def _counts() -> dict[tuple[str, str, int | None], int]:
    tally: Tally[tuple[str, str, int | None]] = Tally()
    for model in (Counter, CounterDelta):
        for row in model.objects.all():
            tally[row.status, row.queue, row.owner_id] += row.jobs
    return {key: count for key, count in tally.items() if count}


def _rows() -> dict[tuple[str, str, int | None], int]:
    return dict(Tally(Job.objects.values_list("status", "queue", "owner_id")))


def _ends() -> dict[tuple[object, ...], tuple[int, float]]:
    """By hour, queue, status and bucket: how many, and their seconds."""
    found: dict[tuple[object, ...], tuple[int, float]] = {}
    for model in (HourlyEnd, HourlyEndDelta):
        for row in model.objects.all():
            key = (row.hour, row.queue, row.status, row.bucket)
            ends, seconds = found.get(key, (0, 0.0))
            found[key] = (ends + row.ends, round(seconds + row.seconds, 3))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_they_follow_every_way_of_writing(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    for index in range(25):
        way = chance.choice(["bulk", "one", "move", "update many", "delete some", "roll back", "fold"])
        queue, owner = chance.choice(["a", "b"]), chance.choice([None, 1, 2])
        if way == "bulk":
            states = [Status.PENDING, Status.PENDING, Status.COMPLETED, Status.FAILED]
            Job.objects.bulk_create(_job(i, s, queue=queue, owner_id=owner) for i, s in enumerate(states))
        elif way == "one":
            submit(queue=queue)
        elif way == "move":
            pending = Job.objects.filter(status="PENDING").order_by("pk").first()
            if pending:
                act("cancel", target(pending.pk))
        elif way == "update many":
            Job.objects.filter(owner_id=owner).update(queue=queue)
        elif way == "delete some":
            sql("DELETE FROM jobs_job WHERE mod(id, 3) = %s", [chance.randrange(3)])
        elif way == "roll back":
            with transaction.atomic():
                _job(index, queue=queue).save()
                Job.objects.update(queue="gone")
                transaction.set_rollback(True)
        else:
            counters.fold()
        assert _counts() == _rows()


@pytest.mark.django_db
def test_a_change_that_moves_no_job_appends_nothing() -> None:
    submit()
    CounterDelta.objects.all().delete()
    Job.objects.update(description="other", progress=4)
    assert not CounterDelta.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [0.5, 1, 3, 59.5, 3600, 86_400 * 40])
def test_an_end_is_counted_in_its_hour_with_its_duration(seconds: float) -> None:
    job = submit(queue="q")
    end = HOUR + timedelta(minutes=59, seconds=59)
    sql(
        "UPDATE jobs_job SET status = 'COMPLETED', started_at = %s, completed_at = %s WHERE id = %s",
        [end - timedelta(seconds=seconds), end, job.pk],
    )
    assert _ends() == {(HOUR, "q", "COMPLETED", floor(8 * log2(seconds))): (1, seconds)}


@pytest.mark.django_db
def test_an_end_that_lasted_no_time_has_the_lowest_bucket() -> None:
    Job.objects.bulk_create([_job(1, Status.FAILED, started_at=HOUR, completed_at=HOUR)])
    assert _ends() == {(HOUR, "default", "FAILED", floor(8 * log2(0.001))): (1, 0.0)}


@pytest.mark.django_db
def test_a_job_that_never_started_has_no_duration() -> None:
    act("cancel", target(submit().pk))
    assert [(key[2:], value) for key, value in _ends().items()] == [(("CANCELLED", None), (1, 0.0))]


@pytest.mark.django_db
def test_ends_stay_when_jobs_go_and_a_retry_ends_again() -> None:
    job = ended(Status.FAILED)
    act("retry", target(job.pk))
    act("cancel", target(job.pk))
    before = _ends()
    assert sum(ends for ends, _ in before.values()) == 2
    act("delete", target(job.pk))
    counters.fold()
    assert _ends() == before
    assert not HourlyEndDelta.objects.exists()


@pytest.mark.usefixtures("transactional_db")
def test_they_are_exact_while_moves_race_and_a_folder_folds() -> None:
    jobs = [submit("" if i % 2 else "true", queue=f"q{i % 3}", max_attempts=2).pk for i in range(12)]
    over, ends_seen = Event(), Tally[str]()

    def race(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311
        try:
            for _ in range(60):
                _random_move(chance, chance.choice(jobs))
        finally:
            connection.close()

    def fold() -> None:
        try:
            while not over.is_set():
                counters.fold(most=chance_of_fold.randrange(1, 20))
                assert counters.totals().total == len(jobs)
        finally:
            connection.close()

    chance_of_fold = random.Random(0)  # noqa: S311
    with ThreadPoolExecutor(max_workers=5) as pool:
        folding = [pool.submit(fold) for _ in range(2)]
        racing = [pool.submit(race, seed) for seed in range(3)]
        try:
            for future in racing:
                future.result(60)
        finally:
            over.set()
        for future in folding:
            future.result(60)

    for (status,) in sql(
        "SELECT status_type FROM jobs_jobstatus WHERE status_type NOT IN ('PENDING', 'RUNNING')"
    ):
        ends_seen[status] += 1
    counted = Tally[str]()
    for key, (ends, _) in _ends().items():
        counted[str(key[2])] += ends
    assert counted == ends_seen
    assert ends_seen
    assert broken_promises() == {}


def _random_move(chance: random.Random, job_id: int) -> None:
    job = target(job_id)
    if chance.random() < 0.2 and job.ref.lease != NO_LEASE:
        expire(job.ref.attempt_id)
    act(chance.choice([move for move in MOVES if move != "delete"]), job)


@pytest.mark.django_db
def test_totals_name_every_status() -> None:
    running()
    reported(submit("", queue="gpu"), Status.COMPLETED)
    counters.fold()
    submit()
    totals = counters.totals()
    assert totals.by_status == {"PENDING": 1, "RUNNING": 1, "COMPLETED": 1, "FAILED": 0, "CANCELLED": 0}
    assert totals.by_queue["gpu"]["COMPLETED"] == 1


def _append_deltas(count: int) -> None:
    sql(
        "INSERT INTO jobs_counterdelta (status, queue, jobs)"
        " SELECT 'PENDING', 'q' || mod(n, 3), 1 FROM generate_series(1, %s) AS n",
        [count],
    )


@pytest.mark.django_db
def test_catching_up_leaves_nothing_however_much_has_gathered() -> None:
    _append_deltas(45)
    counters.catch_up(most=10)
    assert not CounterDelta.objects.exists()
    assert counters.totals().total == 45


@pytest.mark.django_db
def test_catching_up_ends_after_so_many_folds() -> None:
    _append_deltas(45)
    counters.catch_up(most=10, folds=3)
    assert CounterDelta.objects.count() == 15
    assert counters.totals().total == 45

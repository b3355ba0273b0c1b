"""The counters are exact whichever way rows change, and whatever happens at the same time."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from jobs import counters
from jobs.counters import Slice
from jobs.histograms import read
from jobs.models import Activity, ActivityDelta, Job
from jobs.sql import fetch_tuples
from jobs.states import ENDED, Status

from .moves import MOVES, act, target
from .rows import NO_LEASE, expire, reported, running, sql, submit
from .soundness import broken_promises


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


def _counts(rows: list[tuple[str, int]]) -> dict[str, int]:
    return {**{status.value: 0 for status in Status}, **dict(rows)}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_they_follow_every_way_of_writing(seed: int) -> None:
    chance = random.Random(seed)
    people = [None, *(User.objects.create(username=name).pk for name in ("ada", "bob"))]
    for index in range(25):
        way = chance.choice(["bulk", "one", "move", "update many", "delete some", "roll back", "fold"])
        queue, owner = chance.choice(["a", "b"]), chance.choice(people)
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
            Job.objects.filter(owner_id=owner).update(queue=queue, owner_id=chance.choice(people))
        elif way == "delete some":
            sql("DELETE FROM jobs_job WHERE mod(id, 3) = %s", [chance.randrange(3)])
        elif way == "roll back":
            with transaction.atomic():
                _job(index, queue=queue).save()
                Job.objects.update(queue="gone")
                transaction.set_rollback(True)
        else:
            counters.fold()
        assert not [promise for promise in broken_promises() if "counters" in promise]
        for part in (Slice(), Slice(queue="a"), Slice(owner="ada"), Slice(queue="b", owner="bob")):
            _check_totals(part)


def _check_totals(part: Slice) -> None:
    rows = Job.objects.all()
    if part.queue:
        rows = rows.filter(queue=part.queue)
    if part.owner:
        rows = rows.filter(owner__username=part.owner)
    by_status = _counts(list(Counter(rows.values_list("status", flat=True)).items()))
    totals = counters.totals(part)
    assert totals.by_status == by_status
    [[count]] = fetch_tuples(f"SELECT {counters.count_sql(part)}", part.params())
    assert count == totals.total == len(rows)
    for named, field in ((totals, "queue"), (counters.totals(part, by="owner"), "owner__username")):
        each = set(rows.exclude(**{field: None}).values_list(field, flat=True))
        assert named.named == len(each)
        assert named.by_name == {
            name: _counts(
                list(Counter(rows.filter(**{field: name}).values_list("status", flat=True)).items())
            )
            for name in each
        }


@pytest.mark.django_db
def test_of_many_queues_those_with_the_most_to_do_are_named() -> None:
    for number in range(counters.MOST_NAMED + 5):
        Job.objects.bulk_create(_job(i, queue=f"q{number}") for i in range(1 + (number == 50)))
    Job.objects.filter(queue="q3").update(
        **{"status": "CANCELLED", "completed_at": datetime.now(UTC), "reason": "cancelled"}
    )
    totals = counters.totals()
    assert totals.named == counters.MOST_NAMED + 5
    assert len(totals.by_name) == counters.MOST_NAMED
    assert next(iter(totals.by_name)) == "q50"
    assert "q3" not in totals.by_name
    assert totals.total == counters.MOST_NAMED + 6


@pytest.mark.django_db
def test_a_change_that_moves_no_job_appends_nothing() -> None:
    submit()
    ActivityDelta.objects.all().delete()
    Job.objects.update(description="other", progress=4)
    assert not ActivityDelta.objects.exists()


@pytest.mark.django_db
def test_a_statement_that_moves_many_jobs_alike_appends_one_row() -> None:
    Job.objects.bulk_create(_job(index) for index in range(20))
    ActivityDelta.objects.all().delete()
    Job.objects.update(status="RUNNING", started_at=datetime.now(UTC))
    (delta,) = ActivityDelta.objects.all()
    assert (delta.pending, delta.running, delta.starts) == (-20, 20, 20)


@pytest.mark.usefixtures("transactional_db")
def test_they_are_exact_while_moves_race_and_two_fold() -> None:
    jobs = [submit("" if i % 2 else "true", queue=f"q{i % 3}", max_attempts=2).pk for i in range(12)]
    over = Event()

    def race(seed: int) -> None:
        chance = random.Random(seed)
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

    chance_of_fold = random.Random(0)
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

    told = Counter(
        sql("""
            SELECT lag(status_type) OVER (PARTITION BY job_id ORDER BY id), status_type
            FROM jobs_jobstatus""")
    )
    counters.catch_up()
    ever = Activity.objects.get(step="ever", queue=None, owner_id=None)
    assert ever.submits == told[None, "PENDING"] == len(jobs)
    assert ever.starts == told["PENDING", "RUNNING"] == _waits() > 0
    ends = {status: sum(told[before, status] for before in ("PENDING", "RUNNING")) for status in ENDED}
    assert ends == {
        Status.COMPLETED: ever.completions,
        Status.FAILED: ever.failures,
        Status.CANCELLED: ever.cancellations,
    }
    assert ever.retries == sum(told[before, "PENDING"] for before in ("RUNNING", *ENDED)) > 0
    assert broken_promises() == {}


def _waits() -> int:
    ((histogram,),) = sql(
        "SELECT numeric_send(waits) FROM jobs_activity"
        " WHERE step = 'ever' AND queue IS NULL AND owner_id IS NULL"
    )
    return sum(read(histogram)[1])


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
    assert totals.by_name["gpu"]["COMPLETED"] == 1


def _append_deltas(count: int) -> None:
    sql(
        "INSERT INTO jobs_activitydelta (hour, queue, pending)"
        " SELECT date_trunc('hour', now()), 'q' || mod(n, 3), 1 FROM generate_series(1, %s) AS n",
        [count],
    )


@pytest.mark.django_db
def test_catching_up_leaves_nothing_however_much_has_gathered() -> None:
    _append_deltas(45)
    counters.catch_up(most=10)
    assert not ActivityDelta.objects.exists()
    assert counters.totals().total == 45


@pytest.mark.django_db
def test_catching_up_ends_after_so_many_folds() -> None:
    _append_deltas(45)
    counters.catch_up(most=10, folds=3)
    assert ActivityDelta.objects.count() == 15
    assert counters.totals().total == 45


@pytest.mark.usefixtures("transactional_db")
def test_a_fold_whose_session_is_lost_in_the_middle_has_moved_nothing() -> None:
    _append_deltas(45)
    before = _sums()

    def fold_and_be_lost() -> None:
        with suppress(DatabaseError), transaction.atomic():
            counters.fold(most=20)
            sql("SELECT pg_terminate_backend(pg_backend_pid())")
        connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(fold_and_be_lost).result(60)

    assert (ActivityDelta.objects.count(), _sums()) == (45, before)
    assert counters.totals().total == 45
    counters.catch_up()
    assert counters.totals().total == 45


def _sums() -> list[tuple[object, ...]]:
    return list(Activity.objects.order_by("pk").values_list())


@pytest.mark.django_db
def test_folding_twice_adds_nothing() -> None:
    _append_deltas(45)
    counters.fold()
    before = _sums()
    counters.fold()
    assert _sums() == before
    assert counters.totals().total == 45

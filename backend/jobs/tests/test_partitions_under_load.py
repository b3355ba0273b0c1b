"""Partitions keep ahead of the fastest jobs, and nobody waits while rows that went astray are moved."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from jobs import failpoints, partitions, transitions
from jobs.logs import ship
from jobs.models import Job

from .rows import attempt_of, ended, running, sql, submit
from .threads import LIMIT_SECONDS, Held, Side, until, waits_for

SIZE = partitions.ATTEMPTS_PER_PARTITION


@pytest.fixture
def far_ids(transactional_db: None) -> Iterator[int]:
    """Attempt ids far from everybody's; the first of them. The sequence goes back, the partitions go."""
    ((last,),) = sql("SELECT last_value FROM jobs_attempt_id_seq")
    first = 700_000 * SIZE
    sql("SELECT setval('jobs_attempt_id_seq', %s)", [first])
    yield first
    sql("SELECT setval('jobs_attempt_id_seq', %s)", [last])
    sql("DELETE FROM jobs_logchunk WHERE attempt_id >= %s", [first])
    for (name,) in sql("SELECT relname FROM pg_class WHERE relname ~ '^jobs_logchunk_7[0-9]{5}$'"):
        sql(f"DROP TABLE {name}")


@pytest.fixture
def late_month(transactional_db: None) -> Iterator[str]:
    """A month without a partition; the name that its partition will have."""
    name = "jobs_jobstatus_2019_05"
    yield name
    sql(f"DROP TABLE IF EXISTS {name}")


def _chunk(attempt_id: int) -> str:
    ((name,),) = sql(
        "INSERT INTO jobs_logchunk VALUES (%s, 'stdout', 0, 1, '', 0) RETURNING tableoid::regclass::text",
        [attempt_id],
    )
    return str(name)


def _note(job_id: int) -> None:
    sql(
        "INSERT INTO jobs_jobstatus (job_id, status_type, timestamp, message, attempt)"
        " VALUES (%s, 'PENDING', '2019-05-05Z', '', 1)",
        [job_id],
    )


def _where(table: str) -> set[str]:
    return {name for (name,) in sql(f"SELECT tableoid::regclass::text FROM {table}")}  # noqa: S608


@contextmanager
def _moving(side: Side) -> Iterator[None]:
    """Hold a `partitions.ensure` of `side` in the middle, where the strays have been moved."""
    hold = Held()

    def stop() -> None:
        if threading.get_ident() == side.thread_id:
            hold.stop_here()

    failpoints.arm("partitions.moved", stop)
    future = side.start(partitions.ensure)
    try:
        until(lambda: hold.reached.is_set() or future.done())
        assert hold.reached.is_set()
        yield
    finally:
        failpoints.disarm("partitions.moved")
        hold.release.set()
        future.result(LIMIT_SECONDS)


@contextmanager
def _held_by(side: Side, statement: str) -> Iterator[None]:
    """A transaction of `side` that has run `statement` and stays open."""
    hold = Held()

    def work() -> None:
        with transaction.atomic():
            sql(statement)
            hold.stop_here()

    future = side.start(work)
    try:
        until(lambda: hold.reached.is_set() or future.done())
        yield
    finally:
        hold.release.set()
        future.result(LIMIT_SECONDS)


def test_half_a_million_attempts_between_two_looks_find_their_partitions(far_ids: int) -> None:
    for look in range(3):
        partitions.ensure()
        last = far_ids + (look + 1) * 2 * SIZE
        sql("SELECT setval('jobs_attempt_id_seq', %s)", [last])
        assert _chunk(last) != "jobs_logchunk_default"


def test_an_hour_at_the_present_rate_finds_its_partitions(far_ids: int) -> None:
    ids_a_minute = 60_000
    sql(
        "INSERT INTO jobs_attempt (id, job_id, number, dispatched_at, ended_at)"
        " SELECT %(first)s + n, 1, n, now() - (%(all)s - n) * interval '1 minute' / %(all)s, now()"
        " FROM generate_series(%(all)s - 9999, %(all)s) AS n",
        {"first": far_ids, "all": ids_a_minute},
    )
    sql("SELECT setval('jobs_attempt_id_seq', %s)", [far_ids + ids_a_minute])
    partitions.ensure()
    assert _chunk(far_ids + 60 * ids_a_minute) != "jobs_logchunk_default"


def test_an_unheard_of_rate_makes_a_bounded_number_of_partitions(
    far_ids: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "attempts_per_second", lambda: 1e9)
    monkeypatch.setattr(partitions, "MOST_AHEAD", 5)
    assert len([name for name in partitions.ensure() if "logchunk" in name]) == 6


def test_logs_that_went_astray_are_moved_while_others_hold_the_jobs(
    far_ids: int, sides: tuple[Side, Side]
) -> None:
    claimed = running()
    assert _chunk(claimed.ref.attempt_id) == "jobs_logchunk_default"
    with _held_by(
        sides[0], "UPDATE jobs_job SET version = version + 1; UPDATE jobs_attempt SET usage = '{}'"
    ):
        partitions.ensure()
        assert partitions.strays().chunks == 0
        assert _where("jobs_logchunk") == {f"jobs_logchunk_{claimed.ref.attempt_id // SIZE:06d}"}


@pytest.mark.parametrize("astray", ["log", "history"])
def test_moves_and_shipping_go_on_while_strays_are_moved(
    astray: str, far_ids: int, late_month: str, sides: tuple[Side, Side]
) -> None:
    claimed, waiting = running(), submit()
    if astray == "log":
        _chunk(claimed.ref.attempt_id)
    else:
        partitions.ensure()
        _note(waiting.pk)

    def work() -> None:
        running()
        ended()
        assert ship(claimed.ref, "stderr", 0, b"more")
        _note(waiting.pk)
        Job.objects.filter(pk=waiting.pk).update(priority=1)

    with _moving(sides[0]):
        future = sides[1].start(work)
        assert not waits_for(sides[1], sides[0], future)
        future.result(LIMIT_SECONDS)
    partitions.ensure()
    assert partitions.strays() == partitions.Strays(0, 0)
    assert attempt_of(claimed).shipped_stderr == 4


def test_a_history_that_went_astray_waits_until_nobody_holds_the_jobs(
    late_month: str, sides: tuple[Side, Side]
) -> None:
    partitions.ensure()
    _note(submit().pk)
    with _held_by(sides[0], "UPDATE jobs_job SET version = version + 1"):
        assert partitions.ensure() == []
        assert partitions.strays().statuses == 1
    assert partitions.ensure() == [late_month]
    assert partitions.strays().statuses == 0


def test_a_job_deleted_while_its_log_is_moved_leaves_nothing(far_ids: int, sides: tuple[Side, Side]) -> None:
    job = ended()
    ((attempt_id,),) = sql("SELECT id FROM jobs_attempt WHERE job_id = %s", [job.pk])
    assert _chunk(attempt_id) == "jobs_logchunk_default"
    with _moving(sides[0]):
        future = sides[1].start(lambda: transitions.delete(job.pk))
        assert waits_for(sides[1], sides[0], future)
    future.result(LIMIT_SECONDS)
    assert sql("SELECT 1 FROM jobs_logchunk") == []


def test_a_job_deleted_while_its_history_is_moved_leaves_nothing(
    late_month: str, sides: tuple[Side, Side]
) -> None:
    partitions.ensure()
    job = ended()
    _note(job.pk)
    with _moving(sides[0]):
        future = sides[1].start(lambda: transitions.delete(job.pk))
        assert waits_for(sides[1], sides[0], future)
    future.result(LIMIT_SECONDS)
    assert sql("SELECT 1 FROM jobs_jobstatus") == []

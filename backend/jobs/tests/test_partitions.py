"""The history is kept by month and logs by ranges of attempts; what fits nowhere is kept too, and told."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command

from jobs import partitions

from .rows import sql, submit

pytestmark = pytest.mark.django_db

NOVEMBER = datetime(2031, 11, 30, 23, 59, tzinfo=UTC)


def _note(job_id: int, at: str) -> str:
    """Write an entry of the history; the partition where it went."""
    ((name,),) = sql(
        "INSERT INTO jobs_jobstatus (job_id, status_type, timestamp, message, attempt)"
        " VALUES (%s, 'PENDING', %s, '', 1) RETURNING tableoid::regclass::text",
        [job_id, at],
    )
    return str(name)


def _chunk(attempt_id: int) -> str:
    ((name,),) = sql(
        "INSERT INTO jobs_logchunk VALUES (%s, 'stdout', 0, 1, '', 0) RETURNING tableoid::regclass::text",
        [attempt_id],
    )
    return str(name)


def test_three_months_are_made_ahead_over_the_new_year() -> None:
    made = partitions.ensure(NOVEMBER)
    months = [f"jobs_jobstatus_{month}" for month in ("2031_11", "2031_12", "2032_01", "2032_02")]
    assert [name for name in made if "jobstatus" in name] == months
    assert partitions.ensure(NOVEMBER) == []


@pytest.mark.parametrize(
    ("at", "partition"),
    [
        ("2031-11-30 23:59:59.999999Z", "jobs_jobstatus_2031_11"),
        ("2031-12-01 00:00:00Z", "jobs_jobstatus_2031_12"),
        ("2031-12-01 00:30:00+01", "jobs_jobstatus_2031_11"),
        ("2032-02-29 12:00:00Z", "jobs_jobstatus_2032_02"),
        ("2032-03-01 00:00:00Z", "jobs_jobstatus_default"),
        ("2019-01-01 00:00:00Z", "jobs_jobstatus_default"),
    ],
)
def test_an_entry_goes_to_its_month(at: str, partition: str) -> None:
    partitions.ensure(NOVEMBER)
    assert _note(submit().pk, at) == partition


def test_a_chunk_goes_to_the_range_of_its_attempt() -> None:
    ((last,),) = sql("SELECT last_value FROM jobs_attempt_id_seq")
    size = partitions.ATTEMPTS_PER_PARTITION
    part = last // size + 10
    try:
        sql("SELECT setval('jobs_attempt_id_seq', %s)", [part * size + 5])
        made = [name for name in partitions.ensure() if "logchunk" in name]
    finally:
        sql("SELECT setval('jobs_attempt_id_seq', %s)", [last])  # no rollback takes this back
    here, following, last_made = (f"jobs_logchunk_{part + more:06d}" for more in range(3))
    assert made == [here, following, last_made]
    assert [_chunk(part * size + more) for more in (0, size - 1)] == [here, here]
    assert [_chunk((part + 1) * size + more) for more in (0, size - 1)] == [following, following]
    assert _chunk((part + 3) * size) == "jobs_logchunk_default"


def test_strays_are_told_and_find_a_place(capsys: pytest.CaptureFixture[str]) -> None:
    partitions.ensure()
    assert partitions.strays() == partitions.Strays(0, 0)
    _note(submit().pk, "2019-01-01 00:00:00Z")
    _chunk(10**12)
    assert partitions.strays() == partitions.Strays(statuses=1, chunks=1)

    call_command("partitions")

    said = capsys.readouterr()
    assert "made jobs_jobstatus_2019_01" in said.out
    assert "1 statuses and 1 log chunks" in said.err
    assert partitions.strays() == partitions.Strays(0, 0)


def test_strays_move_to_their_partition_when_it_is_made() -> None:
    job = submit()
    _note(job.pk, "2031-12-24 18:00:00Z")
    partitions.ensure(NOVEMBER)
    ((where,),) = sql(
        "SELECT tableoid::regclass::text FROM jobs_jobstatus WHERE job_id = %s AND timestamp > '2031-01-01'",
        [job.pk],
    )
    assert where == "jobs_jobstatus_2031_12"
    sql("DELETE FROM jobs_job WHERE id = %s", [job.pk])
    assert sql("SELECT 1 FROM jobs_jobstatus_2031_12") == []


def test_a_late_partition_keeps_the_history_append_only() -> None:
    job = submit()
    _note(job.pk, "2031-12-24 18:00:00Z")
    partitions.ensure(NOVEMBER)
    guards = sql(
        "SELECT tgname FROM pg_trigger"
        " WHERE tgrelid = 'jobs_jobstatus_2031_12'::regclass AND NOT tgisinternal"
    )
    assert guards == [("jobstatus_append_only",)]

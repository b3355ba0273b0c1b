"""An export is read in batches of bounded size, whatever jobs there are."""

from typing import Any

import pytest

from jobs import exports
from jobs.exports import Export
from jobs.queries import ALWAYS, Condition

from .rows import sql, submit

pytestmark = pytest.mark.usefixtures("transactional_db")


def _jobs(number: int, **fields: Any) -> list[int]:
    return [submit(**fields).pk for _ in range(number)]


def _batches(condition: Condition = ALWAYS, after: int = 0) -> list[list[int]]:
    export = Export("jobs_job", condition, ["id"], exports.newest_id("jobs_job"), after)
    return [[row[0] for row in rows] for rows in export.batches()]


def test_a_batch_has_so_many_rows_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "ROWS", 4)
    ids = _jobs(10)

    assert _batches(after=ids[0] - 1) == [ids[:4], ids[4:8], ids[8:]]
    assert _batches(after=ids[7]) == [ids[8:]]
    assert _batches(after=ids[-1]) == []


def test_a_batch_has_so_many_bytes_at_most_and_one_job_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "LARGEST_BATCH", 1000)
    large = _jobs(3, command="x" * 2000)
    small = _jobs(5, command="x" * 400)

    assert _batches(after=large[0] - 1) == [[one] for one in large] + [small[:3], small[3:]]


def test_where_few_jobs_meet_it_the_windows_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "NARROWEST", 1)
    first, *_, last = _jobs(100)

    batches = _batches(Condition("job.id = %(wanted)s", {"wanted": last}), after=first - 1)

    assert [rows for rows in batches if rows] == [[last]]
    assert len(batches) < 50


def test_a_window_that_takes_too_long_is_narrowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "NARROWEST", 2)
    monkeypatch.setattr(exports, "WIDEST", 64)
    monkeypatch.setattr(exports, "SECONDS", 10.0)  # widen as fast as can be
    ids = _jobs(60)
    slow = Condition(
        "pg_sleep(CASE WHEN job.id > %(from)s THEN 0.05 ELSE 0 END) IS NOT NULL", {"from": ids[40]}
    )
    export = Export("jobs_job", slow, ["id"], ids[-1], ids[0] - 1)
    sql("SET statement_timeout = '400ms'")
    try:
        read = [row[0] for rows in export.batches() for row in rows]
    finally:
        sql("RESET statement_timeout")

    assert read == ids

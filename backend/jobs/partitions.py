"""Partitions of the history (by month) and of the logs (by attempt id), made ahead of need."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction

MONTHS_AHEAD = 3
ATTEMPTS_PER_PARTITION = 250_000
# Held while partitions are made, so that two processes do not try the same one. Any constant will do; this is
# ours.
_LOCK = 7_203_001

# Attached rather than created in place, which would stop all readers of the parent. Writers lock jobs first,
# then a partition; so does this, or the two could wait for each other.
_MAKE = """
LOCK TABLE jobs_job IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE {parent}_default IN ACCESS EXCLUSIVE MODE;
CREATE TABLE {name} (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE);
WITH strays AS (DELETE FROM {parent}_default WHERE {key} >= {start} AND {key} < {end} RETURNING *)
INSERT INTO {name} SELECT * FROM strays;
ALTER TABLE {parent} ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end});
"""


@dataclass(frozen=True, slots=True)
class Strays:
    """Rows in the default partitions. None are expected; they mean that partitions were not made in time."""

    statuses: int
    chunks: int


@dataclass(frozen=True, slots=True)
class _Partition:
    """One part of `parent`: the rows with `start` <= `key` < `end`, both written as in SQL."""

    name: str
    parent: str
    key: str
    start: str
    end: str


def ensure(now: datetime | None = None) -> list[str]:
    """Make what is missing from the present month on, room for attempts to come, and a place for strays.

    The names of what was made. Strays move to their partition: as long as they are in the default one, it
    cannot be made.
    """
    with transaction.atomic():
        _run("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        made = [part for part in _months(now or datetime.now(UTC)) + _attempt_ranges() if not _exists(part)]
        for part in made:
            _make(part)
    return [part.name for part in made]


def strays() -> Strays:
    """How many rows are in the default partitions; counted, so only as dear as they are many."""
    ((statuses, chunks),) = _run(
        "SELECT (SELECT count(*) FROM jobs_jobstatus_default), (SELECT count(*) FROM jobs_logchunk_default)"
    )
    return Strays(statuses, chunks)


def _make(part: _Partition) -> None:
    _run(_MAKE.format(**asdict(part)))  # names and bounds are our own: utility statements take no parameters


def _months(now: datetime) -> list[_Partition]:
    first = date(now.year, now.month, 1)
    months = {_following(first, count) for count in range(MONTHS_AHEAD + 1)}
    stray = _run(
        "SELECT DISTINCT date_trunc('month', \"timestamp\", 'UTC') AT TIME ZONE 'UTC'"
        " FROM jobs_jobstatus_default"
    )
    return [
        _Partition(
            f"jobs_jobstatus_{month:%Y_%m}",
            "jobs_jobstatus",
            '"timestamp"',
            f"'{month} 00:00+00'",
            f"'{_following(month, 1)} 00:00+00'",
        )
        for month in sorted(months | {at.date() for (at,) in stray})
    ]


def _following(month: date, count: int) -> date:
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def _attempt_ranges() -> list[_Partition]:
    size = ATTEMPTS_PER_PARTITION
    ((current,),) = _run("SELECT last_value FROM jobs_attempt_id_seq")
    stray = _run("SELECT DISTINCT attempt_id / %s FROM jobs_logchunk_default", [size])
    wanted = {current // size, current // size + 1} | {index for (index,) in stray}
    return [
        _Partition(
            f"jobs_logchunk_{index:06d}",
            "jobs_logchunk",
            "attempt_id",
            str(index * size),
            str((index + 1) * size),
        )
        for index in sorted(wanted)
    ]


def _exists(part: _Partition) -> bool:
    ((found,),) = _run("SELECT to_regclass(%s) IS NOT NULL", [part.name])
    return bool(found)


def _run(statement: str, params: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []

"""Partitions of the history (by month) and of the logs (by attempt id), made ahead of need."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection

MONTHS_AHEAD = 3
ATTEMPTS_PER_PARTITION = 250_000
# Held while partitions are made, so that two processes do not try the same one. Any constant will do; this is
# ours.
_LOCK = 7_203_001


@dataclass(frozen=True, slots=True)
class Strays:
    """Rows in the default partitions. None are expected; they mean that partitions were not made in time."""

    statuses: int
    chunks: int


def ensure(now: datetime | None = None) -> list[str]:
    """Make what is missing from the present month on, and room for attempts to come; the names of what was
    made."""
    made = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            for name, parent, start, end in _months(now or datetime.now(UTC)) + _attempt_ranges():
                if _exists(name):
                    continue
                # Identifiers and bounds are our own: utility statements take no parameters.
                cursor.execute(
                    f"CREATE TABLE {name} PARTITION OF {parent} FOR VALUES FROM ({start}) TO ({end})"
                )
                made.append(name)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    return made


def strays() -> Strays:
    """How many rows are in the default partitions; counted, so only as dear as they are many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM jobs_jobstatus_default),"
            " (SELECT count(*) FROM jobs_logchunk_default)"
        )
        statuses, chunks = cursor.fetchone()
    return Strays(statuses, chunks)


def _months(now: datetime) -> list[tuple[str, str, str, str]]:
    first = date(now.year, now.month, 1)
    ranges = []
    for _ in range(MONTHS_AHEAD + 1):
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        name = f"jobs_jobstatus_{first:%Y_%m}"
        ranges.append((name, "jobs_jobstatus", f"'{first} 00:00+00'", f"'{following} 00:00+00'"))
        first = following
    return ranges


def _attempt_ranges() -> list[tuple[str, str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM jobs_attempt_id_seq")
        current = cursor.fetchone()[0] // ATTEMPTS_PER_PARTITION
    return [
        (
            f"jobs_logchunk_{index:06d}",
            "jobs_logchunk",
            str(index * ATTEMPTS_PER_PARTITION),
            str((index + 1) * ATTEMPTS_PER_PARTITION),
        )
        for index in (current, current + 1)
    ]


def _exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        return bool(cursor.fetchone()[0])

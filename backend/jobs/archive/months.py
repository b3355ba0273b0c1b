"""The archive's partitions: one of each table for every month in which jobs ended.

A month is retired by dropping its four tables, whatever they hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction

from ..sql import ARCHIVE, fetch

TABLES = {
    "jobs_job": "completed_at",
    "jobs_jobstatus": "job_completed_at",
    "jobs_attempt": "job_completed_at",
    "jobs_logchunk": "job_completed_at",
}
"""The archive's tables with the column that says when the job ended."""

# Who waits for one of these locks holds up all who come after; so it is given up soon, and tried again later.
_PATIENCE = "SET LOCAL lock_timeout = '100ms'; SET LOCAL statement_timeout = 0"
# Two at once would both make the same month. Any constant will do; this is ours.
_LOCK = 7_203_003

_MAKE = """
CREATE TABLE IF NOT EXISTS {schema}.{table}_{month:%Y_%m} (LIKE {schema}.{table} INCLUDING ALL);
ALTER TABLE {schema}.{table} ATTACH PARTITION {schema}.{table}_{month:%Y_%m}
    FOR VALUES FROM ('{month} 00:00+00') TO ('{following} 00:00+00')"""

_MONTHS = f"""
SELECT to_date(right(part.relname, 7), 'YYYY_MM') AS month, parent.relname AS parent,
       pg_total_relation_size(part.oid) AS bytes, greatest(part.reltuples, 0)::bigint AS rows
FROM pg_inherits
JOIN pg_class AS part ON part.oid = inhrelid JOIN pg_class AS parent ON parent.oid = inhparent
WHERE parent.relnamespace = '{ARCHIVE}'::regnamespace AND parent.relkind = 'p' ORDER BY 1, 3"""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the archive. `jobs` is as of the last look of the statistics, not exact; `bytes` is."""

    first: date
    jobs: int
    bytes: int
    has_logs: bool


def months() -> list[Month]:
    """What there is, the oldest first."""
    found: dict[date, list[dict[str, Any]]] = {}
    for row in fetch(_MONTHS):
        found.setdefault(row["month"], []).append(row)
    return [_month(first, parts) for first, parts in found.items()]


def _month(first: date, parts: Sequence[dict[str, Any]]) -> Month:
    return Month(
        first,
        jobs=sum(part["rows"] for part in parts if part["parent"] == "jobs_job"),
        bytes=sum(part["bytes"] for part in parts),
        has_logs=any(part["parent"] == "jobs_logchunk" for part in parts),
    )


def month_of(moment: datetime) -> date:
    """The first day of the month, in UTC."""
    return moment.astimezone(UTC).date().replace(day=1)


def following(month: date) -> date:
    """The first day of the next month."""
    years, index = divmod(month.month, 12)
    return date(month.year + years, index + 1, 1)


def ensure(wanted: set[date]) -> bool:
    """Make these months where they are missing; False when that has to wait for somebody just now."""
    missing = wanted - {month.first for month in months()}
    return all(_unless_in_use(_make, month) for month in sorted(missing))


def drop(month: date) -> bool:
    """Drop all that ended in a month; False when that has to wait for somebody just now."""
    return _unless_in_use(_drop, month, *TABLES)


def drop_logs(month: date) -> bool:
    """Drop the logs of all that ended in a month; False when that has to wait for somebody just now."""
    return _unless_in_use(_drop, month, "jobs_logchunk")


def _make(month: date) -> None:
    if month in {known.first for known in months()}:
        return
    for table in TABLES:
        _run(_MAKE.format(schema=ARCHIVE, table=table, month=month, following=following(month)))


def _drop(month: date, *tables: str) -> None:
    for table in tables:
        _run(f"DROP TABLE IF EXISTS {ARCHIVE}.{table}_{month:%Y_%m}")


def _unless_in_use(change: Any, *arguments: Any) -> bool:
    try:
        with transaction.atomic():
            _run(_PATIENCE)
            _run(f"SELECT pg_advisory_xact_lock({_LOCK})")
            change(*arguments)
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
            raise
        return False
    return True


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)

"""Partitions of the history (by month) and of the logs (by attempt id), made ahead of need.

Rows that come before their partition go to a default one and are moved when it is made. Nobody waits for
that: rows move under locks of their own, and the strong locks that ATTACH needs are held for an instant, or
given up at once and tried again at the next look.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from math import ceil
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction

from . import failpoints

MONTHS_AHEAD = 3
ATTEMPTS_PER_PARTITION = 250_000
FEWEST_AHEAD = 2
"""Log partitions beyond the present one, however slow it goes: a burst between two looks finds them empty."""
MOST_AHEAD = 50
SECONDS_AHEAD = 3600
"""For so long the log partitions last at the present rate, with nobody looking."""

# Held while a partition is made, so that two processes do not try the same one. Any constant will do; this is
# ours.
_LOCK = 7_203_001

# Ours is always the shortest wait: whoever meets us goes on, and a deadlock ends before it is looked for.
_PATIENCE = "SET LOCAL lock_timeout = '100ms'; SET LOCAL statement_timeout = 0"

# With the parent's indexes, the bounds as a check, and a foreign key of its own: ATTACH then finds everything
# proved and reads no row.
_CREATE = """
CREATE TABLE IF NOT EXISTS {name} (
    LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING STORAGE,
    CONSTRAINT in_bounds CHECK ({key} IS NOT NULL AND {key} >= {start} AND {key} < {end})
    {foreign_key}
)"""
_FOREIGN_KEY = ", FOREIGN KEY (job_id) REFERENCES jobs_job (id) ON DELETE CASCADE"

# Whoever deletes a job takes its attempts before its log; held here, that waits, and then finds the log where
# it has come to be. (The history's foreign key holds jobs in the same way.)
_HOLD = """
SELECT count(*) FROM (
    SELECT FROM jobs_attempt WHERE id IN (
        SELECT attempt_id FROM jobs_logchunk_default WHERE attempt_id >= {start} AND attempt_id < {end})
    ORDER BY id FOR KEY SHARE) AS held"""

_MOVE = """
WITH strays AS (DELETE FROM {parent}_default WHERE {key} >= {start} AND {key} < {end} RETURNING *),
moved AS (INSERT INTO {name} SELECT * FROM strays)
SELECT count(*) FROM strays"""

# Writers lock jobs first, then a partition; so does this, or the two could wait for each other.
_LOCK_JOBS = "LOCK TABLE jobs_job IN SHARE ROW EXCLUSIVE MODE"
# A row on its way to the default partition would be refused there once another partition wants it.
_LOCK_WRITERS = "LOCK TABLE {parent} IN SHARE ROW EXCLUSIVE MODE"
_LOCK_DEFAULT = "LOCK TABLE {parent}_default IN ACCESS EXCLUSIVE MODE"
_ATTACH = """
ALTER TABLE {parent} ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end});
ALTER TABLE {name} DROP CONSTRAINT in_bounds"""

_RATE = """
SELECT (ids.last_value - earlier.id)
    / greatest(extract(epoch FROM clock_timestamp() - earlier.dispatched_at), 1)
FROM jobs_attempt_id_seq AS ids, LATERAL (
    SELECT id, dispatched_at FROM jobs_attempt
    WHERE id >= ids.last_value - %s AND dispatched_at IS NOT NULL ORDER BY id LIMIT 1) AS earlier"""
_IDS_BACK = 10_000

log = logging.getLogger(__name__)


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
    ahead: bool
    """Nothing belongs there yet."""

    @property
    def is_history(self) -> bool:
        return self.parent == "jobs_jobstatus"

    def sql(self, statement: str) -> str:
        """A statement about it. Names and bounds are our own: utility statements take no parameters."""
        return statement.format(**asdict(self))


def ensure(
    now: datetime | None = None,
    *,
    since: datetime | None = None,
    more_attempts: int = 0,
    attempts: Iterable[int] = (),
) -> list[str]:
    """Make what is missing from the present month on, room for attempts to come, and a place for strays.

    :param since: from this month on instead, for what is brought in from the past.
    :param more_attempts: so many are about to come at once.
    :param attempts: old ones whose logs are about to come.
    :return: the names of what was made. What would have had to wait for somebody's lock is left for the next
        call.
    """
    attached = _attached()
    now = now or datetime.now(UTC)
    wanted = _months(now, since or now) + _attempt_ranges(more_attempts, attempts)
    return [part.name for part in wanted if part.name not in attached and _made(part)]


def drop_empty(now: datetime | None = None, *, dry_run: bool = False) -> list[str]:
    """Drop partitions of the past that hold nothing any more, because their jobs were archived or deleted.

    The names of what was dropped, or would be. What is in use is left for the next call.
    """
    past = [name for name in sorted(_attached()) if _is_past(name, now or datetime.now(UTC))]
    empty = [name for name in past if _is_empty(name)]
    return [name for name in empty if dry_run or _unless_in_use(_drop, name)]


def strays() -> Strays:
    """How many rows are in the default partitions; counted, so only as dear as they are many."""
    ((statuses, chunks),) = _run(
        "SELECT (SELECT count(*) FROM jobs_jobstatus_default), (SELECT count(*) FROM jobs_logchunk_default)"
    )
    return Strays(statuses, chunks)


def sizes() -> list[tuple[str, int, bool]]:
    """Every partition with its bytes, indexes included, and whether it holds anything."""
    return [
        (name, int(_run("SELECT pg_total_relation_size(%s::regclass)", [name])[0][0]), not _is_empty(name))
        for name in sorted(_attached())
    ]


def attempts_per_second() -> float:
    """How fast the ids of attempts have lately been used up."""
    found = _run(_RATE, [_IDS_BACK])
    return float(found[0][0]) if found else 0.0


def _made(part: _Partition) -> bool:
    """Make a partition; False when others use what it needs just now, or are making it."""

    def make(name: str) -> bool:
        _create(part)
        _fill_and_attach(part)
        return True

    return _unless_in_use(make, part.name)


def _unless_in_use(change: Callable[[str], bool], name: str) -> bool:
    """Change a partition; False when others use what that needs just now."""
    try:
        return change(name)
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
            raise
        log.info("The partition %s waits for a moment when nobody uses its tables.", name)
        return False


def _is_past(name: str, now: datetime) -> bool:
    """Whether nothing new belongs there: neither of this month, nor of the newest attempts."""
    bounds = name.rpartition("jobs_jobstatus_")[2].split("_")
    if len(bounds) == 2 and all(map(str.isdigit, bounds)):
        return (int(bounds[0]), int(bounds[1])) < (now.year, now.month)
    index = name.rpartition("jobs_logchunk_")[2]
    ((current,),) = _run("SELECT last_value FROM jobs_attempt_id_seq")
    return index.isdigit() and int(index) < current // ATTEMPTS_PER_PARTITION - 1


def _is_empty(name: str) -> bool:
    ((holds,),) = _run(f"SELECT EXISTS (SELECT FROM {name})")  # noqa: S608  (a name of ours)
    return not holds


def _drop(name: str) -> bool:
    with transaction.atomic():
        _begin()
        _run(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
        if not _is_empty(name):
            return False
        _run(f"DROP TABLE {name}")
    return True


def _create(part: _Partition) -> None:
    """Committed before it is filled: its foreign key takes a lock that must not last while rows move."""
    with transaction.atomic():
        _begin()
        _run(part.sql(_CREATE.replace("{foreign_key}", _FOREIGN_KEY if part.is_history else "")))


def _fill_and_attach(part: _Partition) -> None:
    with transaction.atomic():
        _begin()
        if part.name in _attached():
            return
        if not part.is_history:
            _run(part.sql(_HOLD))
        ((moved,),) = _run(part.sql(_MOVE))
        failpoints.reach("partitions.moved")
        if part.is_history:
            _run(_LOCK_JOBS)
        if moved or not part.ahead:
            _run(part.sql(_LOCK_WRITERS))
        _run(part.sql(_LOCK_DEFAULT))
        _run(part.sql(_MOVE))  # what came meanwhile
        _run(part.sql(_ATTACH))


def _begin() -> None:
    _run(_PATIENCE)
    _run("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _attached() -> set[str]:
    found = _run(
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent IN ('jobs_jobstatus'::regclass, 'jobs_logchunk'::regclass)"
    )
    return {name for (name,) in found}


def _months(now: datetime, since: datetime) -> list[_Partition]:
    first, earliest = date(now.year, now.month, 1), date(since.year, since.month, 1)
    past = (first.year - earliest.year) * 12 + first.month - earliest.month
    months = {_following(earliest, count) for count in range(past + MONTHS_AHEAD + 1)}
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
            ahead=month > first,
        )
        for month in sorted(months | {at.date() for (at,) in stray})
    ]


def _following(month: date, count: int) -> date:
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def _attempt_ranges(more: int, attempts: Iterable[int]) -> list[_Partition]:
    size = ATTEMPTS_PER_PARTITION
    ((current,),) = _run("SELECT last_value FROM jobs_attempt_id_seq")
    ahead = min(max(FEWEST_AHEAD, ceil(attempts_per_second() * SECONDS_AHEAD / size)), MOST_AHEAD)
    ahead += ceil(more / size)
    stray = _run("SELECT DISTINCT attempt_id / %s FROM jobs_logchunk_default", [size])
    wanted = {current // size + more for more in range(ahead + 1)} | {index for (index,) in stray}
    wanted |= {attempt // size for attempt in attempts}
    return [
        _Partition(
            f"jobs_logchunk_{index:06d}",
            "jobs_logchunk",
            "attempt_id",
            str(index * size),
            str((index + 1) * size),
            ahead=index > current // size,
        )
        for index in sorted(wanted)
    ]


def _run(statement: str, params: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []

"""Carrying made-up jobs into the database by COPY, all of them or none.

One transaction holds everything, so whoever is killed in the middle leaves nothing behind: not a row, not a
dropped index, not a sequence that was moved. The lines are made by a process of their own, while the server
takes in those before. The counters come out exact because the triggers that count are shown every job: where
there are many, all at once when they are in.
"""

import multiprocessing
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import cast

import psycopg
from django.db import connection, transaction

from .. import counters, failpoints, partitions
from . import people
from .rows import BATCH, COLUMNS, Batch, Recipe, send

# Fewer rows than this, or than this share of those there, do not pay for indexes that are built anew.
_FEW, _SMALL_SHARE = 50_000, 0.2
_COUNTED_AT_ONCE, _FOLDED_AT_ONCE = 500_000, 500_000  # jobs; deltas: sorts of some 200 MB
# Attempts and entries of the history that one job may have: as far as sequences are moved before it is known.
_MOST_ATTEMPTS, _MOST_STATUSES = 2, 5


class LoadPhase(StrEnum):
    """What a load is at."""

    JOBS = "jobs"
    INDEXES = "indexes"
    COUNTERS = "counters"
    STATISTICS = "statistics"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to load; see `rows.Recipe`."""

    jobs: int
    seed: int
    start: datetime
    until: datetime
    waiting: float


Tell = Callable[[LoadPhase, int], None]
"""Hears which phase has begun, and how many jobs are in so far."""


def load(plan: Plan, tell: Tell) -> range:
    """Add the jobs of `plan`; their ids. Other processes cannot use jobs until it is done."""
    owners = people.owners()
    partitions.ensure(since=plan.start, more_attempts=plan.jobs * _MOST_ATTEMPTS)
    with transaction.atomic():
        _run("SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0")
        _run("LOCK TABLE jobs_job, jobs_attempt, jobs_jobstatus, jobs_logchunk IN SHARE ROW EXCLUSIVE MODE")
        recipe = _recipe(plan, owners)
        _move_sequences(
            recipe.last_job + plan.jobs,
            recipe.last_attempt + plan.jobs * _MOST_ATTEMPTS,
            recipe.last_status + plan.jobs * _MOST_STATUSES,
        )
        new = range(recipe.last_job + 1, recipe.last_job + 1 + plan.jobs)
        if _is_large(plan.jobs):
            with _counted_when_all_are_in(new, tell), _without_indexes(plan.jobs, tell):
                last = _copy_all(recipe, tell)
        else:
            last = _copy_all(recipe, tell)
        failpoints.reach("seeding.loaded")
        _move_sequences(recipe.last_job + plan.jobs, last.last_attempt, last.last_status)
    tell(LoadPhase.STATISTICS, plan.jobs)
    with ThreadPoolExecutor(1) as beside:
        vacuumed = beside.submit(_vacuum_what_was_filled)
        _fold()
        vacuumed.result()
    vacuum("jobs_activity", "jobs_activitydelta")
    return new


def vacuum(*tables: str) -> None:
    """Let index-only scans and the planner know what tables hold."""
    _run(f"VACUUM (ANALYZE) {', '.join(tables)}")


def _recipe(plan: Plan, owners: tuple[int, ...]) -> Recipe:
    job, attempt, status = (_last(sequence) for sequence in _SEQUENCES)
    return Recipe(
        jobs=plan.jobs,
        seed=plan.seed,
        start=plan.start,
        until=plan.until,
        waiting=plan.waiting,
        owners=owners,
        last_job=job,
        last_attempt=attempt,
        last_status=status,
    )


def _is_large(jobs: int) -> bool:
    """Whether it pays to build indexes anew."""
    ((held,),) = _run("SELECT coalesce(max(id), 0) - coalesce(min(id), 0) FROM jobs_job")
    return jobs >= max(_FEW, _SMALL_SHARE * float(held))


_SEQUENCES = ("jobs_job_id_seq", "jobs_attempt_id_seq", "jobs_jobstatus_id_seq")


def _last(sequence: str) -> int:
    ((last, used),) = _run(f"SELECT last_value, is_called FROM {sequence}")
    return int(last) if used else int(last) - 1


def _move_sequences(*last: int) -> None:
    """Let the next ids follow these. Whoever asks for one meanwhile waits."""
    for sequence, number in zip(_SEQUENCES, last, strict=True):
        _run(f"ALTER SEQUENCE {sequence} RESTART WITH {number + 1}")


@contextmanager
def _without_indexes(jobs: int, tell: Tell) -> Iterator[None]:
    """Without the indexes of jobs and the foreign keys to them until all is in."""
    indexes, keys = _run(_INDEXES), _run(_FOREIGN_KEYS)
    for name, _ in indexes:
        _run(f"DROP INDEX {name}")
    for table, name, _ in keys:
        _run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    tell(LoadPhase.INDEXES, jobs)
    _run("SET LOCAL maintenance_work_mem = '512MB'")
    # Foreign keys are checked by a join, which must not be planned as if the tables were empty.
    _run("ANALYZE jobs_job (id), jobs_jobstatus (job_id)")
    for _, definition in indexes:
        _run(definition)
    for table, name, definition in keys:
        _run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


# Those that stand for no constraint: a key is needed while rows come in, and costs little as ids ascend.
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = 'jobs_job'::regclass AND NOT indisunique ORDER BY 1"""

_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE confrelid = 'jobs_job'::regclass AND contype = 'f' AND conparentid = 0"""


@contextmanager
def _counted_when_all_are_in(new: range, tell: Tell) -> Iterator[None]:
    """Without the triggers that are shown all new rows of a statement; at the end they are shown these jobs.

    They look at a narrow copy, of so many at once that most of what they append is one sum for many jobs.
    """
    triggers = _run(_TRIGGERS)
    for name, _ in triggers:
        _run(f"ALTER TABLE jobs_job DISABLE TRIGGER {name}")
    yield
    tell(LoadPhase.COUNTERS, len(new))
    _sort_in_memory()
    _run(f"CREATE TEMPORARY TABLE shown_jobs ON COMMIT DROP AS SELECT {_COUNTED} FROM jobs_job WITH NO DATA")
    for _, definition in triggers:
        _run(re.sub(r" ON \S+ ", " ON shown_jobs ", definition, count=1))
    for first in range(new.start, new.stop, _COUNTED_AT_ONCE):
        last = min(first + _COUNTED_AT_ONCE, new.stop) - 1
        _run("TRUNCATE shown_jobs")
        _run(f"INSERT INTO shown_jobs SELECT {_COUNTED} FROM jobs_job WHERE id BETWEEN {first} AND {last}")
    for name, _ in triggers:
        _run(f"ALTER TABLE jobs_job ENABLE TRIGGER {name}")


_TRIGGERS = """
SELECT quote_ident(tgname), pg_get_triggerdef(oid) FROM pg_trigger
WHERE tgrelid = 'jobs_job'::regclass AND tgnewtable IS NOT NULL AND tgoldtable IS NULL ORDER BY 1"""
_COUNTED = "id, queue, owner_id, status, created_at, available_at, started_at, completed_at"


def _fold() -> None:
    with transaction.atomic():
        _run("SET LOCAL statement_timeout = 0")
        _sort_in_memory()
        while counters.fold(_FOLDED_AT_ONCE):
            pass


def _sort_in_memory() -> None:
    """For this transaction: group by sorting, one histogram after the other; a hash table holds them all."""
    _run("SET LOCAL work_mem = '256MB'")
    _run("SET LOCAL enable_hashagg = off")


def _vacuum_what_was_filled() -> None:
    """By a session of this thread's own."""
    try:
        _run("SET statement_timeout = 0")
        vacuum(*COLUMNS)
    finally:
        connection.close()


def _copy_all(recipe: Recipe, tell: Tell) -> Batch:
    """All batches, each table's lines in one COPY; the last of them."""
    done = 0
    tell(LoadPhase.JOBS, 0)
    with _made(recipe) as batches:
        for batch in batches:
            for table, columns in COLUMNS.items():
                _copy(table, columns, batch.lines[table])
            done += batch.jobs
            tell(LoadPhase.JOBS, done)
            failpoints.reach("seeding.copied")
    return replace(batch, lines={})


@contextmanager
def _made(recipe: Recipe) -> Iterator[Iterator[Batch]]:
    """The batches, made ahead by another process, which ends with this one."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    maker = spawn.Process(target=send, args=(recipe, theirs), daemon=True)
    maker.start()
    theirs.close()

    def received() -> Iterator[Batch]:
        for _ in range(0, recipe.jobs, BATCH):
            yield cast(Batch, ours.recv())

    try:
        yield received()
    finally:
        ours.close()
        maker.terminate()
        maker.join()


def _copy(table: str, columns: str, lines: bytes) -> None:
    with connection.cursor() as cursor:
        statement = f"COPY {table} ({', '.join(columns.split())}) FROM STDIN"
        with cast(psycopg.Cursor, cursor.cursor).copy(statement) as copy:
            copy.write(lines)


def _run(statement: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []

"""Carrying made-up jobs into the database by COPY, all of them or none.

One transaction holds everything, so whoever is killed in the middle leaves nothing behind: not a row, not a
dropped index, not a sequence that was moved. The lines are made by a process of their own, while the server
takes in those before. The counters come out exact because the triggers count that count every job.
"""

import multiprocessing
from collections.abc import Callable, Iterator
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

# Fewer rows than this do not pay for indexes that are built anew.
_FEW = 50_000
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
        _run("LOCK TABLE jobs_job, jobs_attempt, jobs_jobstatus, jobs_logchunk IN SHARE ROW EXCLUSIVE MODE")
        recipe = _recipe(plan, owners)
        _move_sequences(
            recipe.last_job + plan.jobs,
            recipe.last_attempt + plan.jobs * _MOST_ATTEMPTS,
            recipe.last_status + plan.jobs * _MOST_STATUSES,
        )
        with _without_indexes(plan.jobs, tell):
            last = _copy_all(recipe, tell)
        failpoints.reach("seeding.loaded")
        _move_sequences(recipe.last_job + plan.jobs, last.last_attempt, last.last_status)
    tell(LoadPhase.COUNTERS, plan.jobs)
    while counters.fold():
        pass
    tell(LoadPhase.STATISTICS, plan.jobs)
    _run(f"VACUUM (ANALYZE) {', '.join(COLUMNS)}")
    return range(recipe.last_job + 1, recipe.last_job + 1 + plan.jobs)


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
    """Where it pays, without the indexes of jobs and the foreign keys to them until all is in."""
    if jobs < _FEW:
        yield
        return
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

"""Whose made-up jobs are: users that only they have, by whom they are found again and removed."""

from collections.abc import Callable

from django.apps import apps
from django.db import connection, transaction

from accounts.models import User

from ..archive import months, moving
from ..models import KeepTime, Worker
from ..sql import ARCHIVE
from .vocabulary import PEOPLE

PREFIX = "seed-"
COUNTED = 100_000
"""So far real jobs are counted before a sentence says "at least"."""
REMOVED_AT_ONCE = 5_000

# What no job is part of: it stays when all jobs go.
_KEPT = {Worker._meta.db_table, KeepTime._meta.db_table}

_REAL = f"""
SELECT count(*) FROM (
    SELECT FROM (SELECT owner_id FROM jobs_job UNION ALL SELECT owner_id FROM {ARCHIVE}.jobs_job) AS job
    WHERE owner_id IS NULL OR owner_id <> ALL(%s::bigint[]) LIMIT %s) AS real"""

_NEXT = "SELECT id FROM jobs_job WHERE owner_id = ANY(%s) AND id > %s ORDER BY id LIMIT %s FOR UPDATE"
_NEXT_ARCHIVED = _NEXT.replace("jobs_job", f"{ARCHIVE}.jobs_job")

_DELETE_ATTEMPTS = "DELETE FROM jobs_attempt WHERE job_id = ANY(%s) RETURNING id"
_DELETE_LOGS = "DELETE FROM jobs_logchunk WHERE attempt_id = ANY(%s)"
_DELETE_JOBS = "DELETE FROM jobs_job WHERE id = ANY(%s)"


def owners() -> tuple[int, ...]:
    """The ids of the users whose jobs are made up, the busiest first; they are made if need be.

    They have no password, token or sign-in code: nobody can sign in as one of them.
    """
    return tuple(User.objects.get_or_create(username=f"{PREFIX}{name}")[0].pk for name in PEOPLE)


def real_jobs() -> int:
    """How many jobs are not made up; counted up to `COUNTED`."""
    with connection.cursor() as cursor:
        cursor.execute(_REAL, [_known(), COUNTED])
        return int(cursor.fetchone()[0])


def remove(tell: Callable[[int], None]) -> None:
    """Take the made-up jobs away with all that is theirs, and their owners. `tell` hears how many are gone.

    Without real jobs beside them their tables are emptied at once, the counters' history included. Otherwise
    they go in bounded batches, while everything runs.
    """
    if real_jobs():
        _remove_in_batches(tell)
    else:
        _empty_tables()
    User.objects.filter(pk__in=_known()).delete()


def _known() -> list[int]:
    return list(User.objects.filter(username__startswith=PREFIX).values_list("pk", flat=True))


def _empty_tables() -> None:
    models = apps.get_app_config("jobs").get_models()
    tables = sorted({model._meta.db_table for model in models} - _KEPT)
    tables += [f"{ARCHIVE}.{table}" for table in months.TABLES]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)}")


def _remove_in_batches(tell: Callable[[int], None]) -> None:
    gone = 0
    for take in (_remove_live, _remove_archived):
        last = 0
        while ids := take(last):
            last, gone = ids[-1], gone + len(ids)
            tell(gone)


def _remove_live(last: int) -> list[int]:
    with transaction.atomic(), connection.cursor() as cursor:
        ids = _next(_NEXT, last)
        cursor.execute(_DELETE_ATTEMPTS, [ids])
        cursor.execute(_DELETE_LOGS, [[attempt_id for (attempt_id,) in cursor.fetchall()]])
        cursor.execute(_DELETE_JOBS, [ids])
    return ids


def _remove_archived(last: int) -> list[int]:
    with transaction.atomic():
        ids = _next(_NEXT_ARCHIVED, last)
        moving.delete(ids)
    return ids


def _next(query: str, last: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [_known(), last, REMOVED_AT_ONCE])
        return [job_id for (job_id,) in cursor.fetchall()]

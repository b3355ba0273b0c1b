"""Whose made-up jobs are: users that only they have, by whom they are found again and removed."""

from collections.abc import Callable

from django.apps import apps
from django.db import connection, transaction

from accounts.models import User

from ..models import Worker
from .vocabulary import PEOPLE

PREFIX = "seed-"
COUNTED = 100_000
"""So far real jobs are counted before a sentence says "at least"."""
REMOVED_AT_ONCE = 5_000

# What no job is part of: it stays when all jobs go.
_KEPT = {Worker._meta.db_table}

_REAL = """
SELECT count(*) FROM (
    SELECT FROM jobs_job WHERE owner_id IS NULL OR owner_id <> ALL(%s::bigint[]) LIMIT %s) AS real"""

_NEXT = "SELECT id FROM jobs_job WHERE owner_id = ANY(%s) AND id > %s ORDER BY id LIMIT %s FOR UPDATE"

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
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)}")


def _remove_in_batches(tell: Callable[[int], None]) -> None:
    last, gone = 0, 0
    while ids := _remove_next(last):
        last, gone = ids[-1], gone + len(ids)
        tell(gone)


def _remove_next(last: int) -> list[int]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT, [_known(), last, REMOVED_AT_ONCE])
        ids = [job_id for (job_id,) in cursor.fetchall()]
        cursor.execute(_DELETE_ATTEMPTS, [ids])
        cursor.execute(_DELETE_LOGS, [[attempt_id for (attempt_id,) in cursor.fetchall()]])
        cursor.execute(_DELETE_JOBS, [ids])
    return ids

"""How many jobs a list has, where no counter knows it: counted up to a bound and within a budget of time."""

from dataclasses import dataclass
from typing import Literal

import psycopg
from django.db import OperationalError, connection, transaction

from ..sql import fetch
from .condition import Condition

MOST_COUNTED = 10_000
BUDGET_MILLISECONDS = 300


@dataclass(frozen=True, slots=True)
class Count:
    """A number, and whether it is that many or at least that many."""

    value: int
    kind: Literal["exact", "at_least"]


def count_jobs(condition: Condition, *, known: int) -> Count:
    """Count the jobs that meet a condition; if that takes too long, say at least `known` (seen already)."""
    some = f"SELECT FROM jobs_job AS job WHERE {condition.sql} LIMIT %(_most)s"
    sql = f"SELECT count(*) AS jobs FROM ({some}) AS counted"  # noqa: S608  (constants only)
    try:
        with transaction.atomic():
            _limit_time()
            counted = int(fetch(sql, {**condition.params, "_most": MOST_COUNTED + 1})[0]["jobs"])
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise
        return Count(known, "at_least")
    return Count(MOST_COUNTED, "at_least") if counted > MOST_COUNTED else Count(counted, "exact")


def _limit_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(BUDGET_MILLISECONDS)])

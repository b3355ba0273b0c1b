"""What an operation would do, counted exactly at a stated moment."""

from dataclasses import dataclass
from datetime import datetime

import psycopg
from django.db import OperationalError, connection, transaction

from accounts.models import User

from ..sql import fetch
from .members import OperationRequest, fact_columns, members
from .rules import JobOutcome

BUDGET_MILLISECONDS = 2500


@dataclass(frozen=True, slots=True)
class Preview:
    """`split`: how many jobs there are of each outcome; None where counting them took too long.

    `newest_id`: jobs that came after the moment `as_of` are newer than this one. The jobs of a selection are
    newer than `after_id`, which spares the walk through all that is older; 0 where that is not known.
    """

    as_of: datetime
    newest_id: int
    split: dict[JobOutcome, int] | None
    after_id: int = 0


_MOMENT = """
WITH moment AS MATERIALIZED (
    SELECT clock_timestamp() AS as_of, coalesce((SELECT max(id) FROM jobs_job), 0) AS newest_id)"""


def preview(request: OperationRequest, user: User) -> Preview:
    """Count by outcome, in one statement and so at one moment."""
    facts, chosen = fact_columns(request, user), members(request, user, None)
    counted = f"SELECT {facts.sql}, count(*) AS jobs, min(job.id) AS first_id FROM jobs_job AS job WHERE {chosen.sql} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"  # noqa: S608, E501
    sql = f"{_MOMENT} SELECT * FROM moment LEFT JOIN ({counted}) AS counted ON true"  # noqa: S608  constants
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(BUDGET_MILLISECONDS)])
            rows = fetch(sql, {**facts.params, **chosen.params})
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise
        (moment,) = fetch(f"{_MOMENT} SELECT * FROM moment")  # noqa: S608
        return Preview(moment["as_of"], moment["newest_id"], None)
    split: dict[JobOutcome, int] = {}
    for row in rows:
        if row["status"] is not None:
            outcome = request.outcome_of(row)
            split[outcome] = split.get(outcome, 0) + row["jobs"]
    if request.ids is not None and (gone := len(request.ids) - sum(split.values())):
        split[JobOutcome.GONE] = gone
    first_id = min((row["first_id"] for row in rows if row["first_id"] is not None), default=1)
    after_id = 0 if request.selection is None else first_id - 1
    return Preview(rows[0]["as_of"], rows[0]["newest_id"], split, after_id)

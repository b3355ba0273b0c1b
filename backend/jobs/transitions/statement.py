"""How a move is written: one statement that changes jobs, their attempts and their history together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .. import failpoints
from ..sql import fetch

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# What every move writes. `clock_timestamp()` is read after a lock was waited for; `now()` would be older than
# that.
TOUCH = """
        latest_status_id = nextval('jobs_jobstatus_id_seq'), status_count = job.status_count + 1,
        version = job.version + 1, updated_at = clock_timestamp(), status_changed_at = clock_timestamp()"""

NOTE = """
noted AS (
    INSERT INTO jobs_jobstatus (id, job_id, status_type, timestamp, message, progress, attempt)
    SELECT latest_status_id, id, status, status_changed_at, status_message, progress, attempt FROM moved
)"""


def move(
    changes: str, condition: str, *, before: str = "", source: str = "", after: str = "", result: str
) -> str:
    """The SQL that changes the jobs which meet `condition` and writes one history row for each.

    `changes` and `condition` speak of the row as `job`. `before` and `after` are further common table
    expressions, each ended by a comma; `after` and `result` may read what has changed as `moved`. `source` is
    a FROM clause.
    """
    return f"""
WITH {before}
moved AS (
    UPDATE jobs_job AS job SET {changes},{TOUCH}
    {source}
    WHERE {condition}
    RETURNING job.*
),
{after}{NOTE}
{result}"""


def rows(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run one statement; its rows as dictionaries by column name."""
    found = fetch(sql, params)
    failpoints.reach("transitions.moved")
    return found


def flat(item: "DataclassInstance") -> dict[str, Any]:
    """The fields of a dataclass as a row: those of its `ref` beside its own."""
    values = asdict(item)
    return {**values.pop("ref"), **values}


def as_recordset(items: Sequence[Mapping[str, Any]]) -> str:
    """Items as the JSON that `jsonb_to_recordset` reads: one round trip for a batch of any size."""
    return json.dumps(items, default=str)

"""What a job waits for, and what waits for it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from ..sql import ARCHIVE, fetch
from .condition import Condition

MOST_DEPENDENTS = 100

_PRESENT = """
SELECT job.id FROM {schema}jobs_job AS job WHERE job.id = ANY(%(ids)s) AND {visible}"""

_WANTED = """
SELECT upstream_id AS job, wants, met FROM jobs_dependency WHERE job_id = %(job_id)s ORDER BY upstream_id"""

_NEIGHBOURS = f"""
SELECT depends.{{end}} AS job, depends.wants, depends.met,
       coalesce(job.name, archived.name) AS name, coalesce(job.status, archived.status) AS status
FROM (SELECT * FROM jobs_dependency WHERE {{start}} = %(job_id)s ORDER BY {{end}} LIMIT %(limit)s) AS depends
LEFT JOIN jobs_job AS job ON job.id = depends.{{end}}
LEFT JOIN LATERAL (
    SELECT name, status FROM {ARCHIVE}.jobs_job AS away
    WHERE job.id IS NULL AND away.id = depends.{{end}} LIMIT 1
) AS archived ON true
ORDER BY depends.{{end}}"""  # noqa: S608  constants only
_UPSTREAM = _NEIGHBOURS.format(start="job_id", end="upstream_id")
_DOWNSTREAM = _NEIGHBOURS.format(start="upstream_id", end="job_id")

_DEPENDENTS = "SELECT count(*) AS jobs FROM jobs_dependency WHERE upstream_id = %(job_id)s"


@dataclass(frozen=True, slots=True)
class Dependencies:
    """A job's neighbours: rows of `job` (its id), `wants`, `met`, and its `name` and `status`; None if gone.

    Of those that wait for it the first `MOST_DEPENDENTS`, and how many there are.
    """

    depends_on: list[dict[str, Any]]
    needed_by: list[dict[str, Any]]
    needed_by_count: int


def dependencies(job_id: int) -> Dependencies:
    """What it depends on, and what depends on it."""
    params = {"job_id": job_id, "limit": None}
    needed_by = fetch(_DOWNSTREAM, {**params, "limit": MOST_DEPENDENTS})
    count = len(needed_by)
    if count == MOST_DEPENDENTS:
        count = fetch(_DEPENDENTS, params)[0]["jobs"]
    return Dependencies(fetch(_UPSTREAM, params), needed_by, count)


def wanted_by(job_id: int) -> list[dict[str, Any]]:
    """What a job depends on: `job`, `wants` and whether that is `met`; None while it is open."""
    return fetch(_WANTED, {"job_id": job_id})


def present(ids: Collection[int], visible: Condition) -> set[int]:
    """Which of these jobs there are, live or archived, for whoever may see `visible` ones."""
    found: set[int] = set()
    for schema in ("", f"{ARCHIVE}."):
        missing: Sequence[int] = sorted(set(ids) - found)
        if missing:
            sql = _PRESENT.format(schema=schema, visible=visible.sql)
            found |= {row["id"] for row in fetch(sql, {**visible.params, "ids": missing})}
    return found

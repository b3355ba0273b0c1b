"""The queue: what would be claimed next, in exactly the order of `transitions.claim`."""

from collections.abc import Sequence
from datetime import datetime

from ..states import Kind
from .rows import JobJSON, jobs_by_ids
from .sql import fetch

# The claim takes run and tracked jobs separately, each from an index of its own; so does this, and merges.
_PART = """
(SELECT id, priority, available_at FROM jobs_job
 WHERE status = 'PENDING' AND {kind} AND available_at <= clock_timestamp()
   AND (%(queue)s::text IS NULL OR queue = %(queue)s)
 ORDER BY priority DESC, available_at, id LIMIT %(limit)s)"""
_PART_BY_KIND = {
    Kind.RUN: _PART.format(kind="command <> ''"),
    Kind.TRACKED: _PART.format(kind="command = ''"),
}

_AHEAD = """
SELECT count(*) AS jobs FROM (
    SELECT FROM jobs_job
    WHERE status = 'PENDING' AND command <> '' AND available_at <= clock_timestamp()
      AND priority >= %(priority)s
      AND (priority > %(priority)s OR (available_at, id) < (%(available_at)s, %(job_id)s))
    LIMIT %(most)s) AS counted"""


def queue_look(
    *, kinds: Sequence[Kind] = tuple(Kind), queue: str | None = None, limit: int = 20
) -> list[JobJSON]:
    """The next jobs that would be claimed."""
    parts = " UNION ALL ".join(_PART_BY_KIND[kind] for kind in kinds)
    sql = f"SELECT id FROM ({parts}) AS waiting ORDER BY priority DESC, available_at, id LIMIT %(limit)s"  # noqa: S608
    return jobs_by_ids([row["id"] for row in fetch(sql, {"queue": queue, "limit": limit})])


def ahead_of(job_id: int, priority: int, available_at: datetime, most: int) -> int:
    """How many run jobs would be claimed before this one, counted up to `most`."""
    params = {"job_id": job_id, "priority": priority, "available_at": available_at, "most": most}
    return int(fetch(_AHEAD, params)[0]["jobs"])

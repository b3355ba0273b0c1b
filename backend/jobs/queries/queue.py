"""The queue: what would be claimed next, in exactly the order of `transitions.claim`."""

from collections.abc import Sequence

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


def queue_look(
    *, kinds: Sequence[Kind] = tuple(Kind), queue: str | None = None, limit: int = 20
) -> list[JobJSON]:
    """The next jobs that would be claimed."""
    parts = " UNION ALL ".join(_PART_BY_KIND[kind] for kind in kinds)
    sql = f"SELECT id FROM ({parts}) AS waiting ORDER BY priority DESC, available_at, id LIMIT %(limit)s"  # noqa: S608  (constants only)
    return jobs_by_ids([row["id"] for row in fetch(sql, {"queue": queue, "limit": limit})])

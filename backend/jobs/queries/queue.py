"""The queue: what would be claimed next, in exactly the order of `transitions.claim`."""

from collections.abc import Sequence

from ..sql import CLAIMABLE, QUEUE_ORDER, fetch
from ..states import Kind
from .rows import JobJSON, jobs_by_ids

# The claim takes run and tracked jobs separately; so does this, and merges.
_PART = """
(SELECT id, priority, available_at FROM jobs_job
 WHERE {claimable} AND (%(queue)s::text IS NULL OR queue = %(queue)s)
 ORDER BY {order} LIMIT %(limit)s)"""
_PART_BY_KIND = {kind: _PART.format(claimable=CLAIMABLE[kind], order=QUEUE_ORDER) for kind in Kind}


def queue_look(
    *, kinds: Sequence[Kind] = tuple(Kind), queue: str | None = None, limit: int = 20
) -> list[JobJSON]:
    """The next jobs that would be claimed."""
    parts = " UNION ALL ".join(_PART_BY_KIND[kind] for kind in kinds)
    sql = f"SELECT id FROM ({parts}) AS waiting ORDER BY {QUEUE_ORDER} LIMIT %(limit)s"  # noqa: S608  (constants only)
    return jobs_by_ids([row["id"] for row in fetch(sql, {"queue": queue, "limit": limit})])

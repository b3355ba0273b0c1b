"""The queue: what would be claimed next, in exactly the order of `transitions.claim`."""

from collections.abc import Sequence
from datetime import datetime

from ..sql import CLAIMABLE, QUEUE_ORDER, fetch
from ..states import Kind

# The claim takes run and tracked jobs separately; so does this, and merges.
_PART = """
(SELECT id, priority, available_at FROM jobs_job
 WHERE {claimable} AND (%(queue)s::text IS NULL OR queue = %(queue)s)
 ORDER BY {order} LIMIT %(limit)s)"""
_PART_BY_KIND = {kind: _PART.format(claimable=CLAIMABLE[kind], order=QUEUE_ORDER) for kind in Kind}

# What goes before a job in the order of the claim, by its index. Tracked jobs wait for programs instead.
_AHEAD = f"""
SELECT count(*) AS jobs FROM (
    SELECT FROM jobs_job
    WHERE {CLAIMABLE[Kind.RUN]}
      AND priority >= %(priority)s
      AND (priority > %(priority)s OR (available_at, id) < (%(available_at)s, %(job_id)s))
    LIMIT %(most)s) AS counted"""  # noqa: S608  constants only


def next_in_queue(
    *, kinds: Sequence[Kind] = tuple(Kind), queue: str | None = None, limit: int = 20
) -> list[int]:
    """The ids of the next jobs that would be claimed."""
    parts = " UNION ALL ".join(_PART_BY_KIND[kind] for kind in kinds)
    sql = f"SELECT id FROM ({parts}) AS waiting ORDER BY {QUEUE_ORDER} LIMIT %(limit)s"  # noqa: S608  (constants only)
    return [row["id"] for row in fetch(sql, {"queue": queue, "limit": limit})]


def ahead_of(job_id: int, priority: int, available_at: datetime, most: int) -> int:
    """How many run jobs would be claimed before this one, counted up to `most`."""
    params = {"job_id": job_id, "priority": priority, "available_at": available_at, "most": most}
    return int(fetch(_AHEAD, params)[0]["jobs"])

"""The queue: what would be claimed next, in exactly the order of `transitions.claim`."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..sql import CLAIMABLE, LEVELS, QUEUE_ORDER, QUEUED, fetch
from ..states import Kind

# Claims are for run or tracked jobs of one executor; this finds those that have any, and merges.
_PART = """
(WITH RECURSIVE named AS (
    (SELECT executor FROM jobs_job WHERE {queued} ORDER BY executor LIMIT 1)
    UNION ALL
    SELECT (
        SELECT executor FROM jobs_job WHERE {queued} AND executor > named.executor ORDER BY executor LIMIT 1)
    FROM named WHERE executor IS NOT NULL)
 SELECT job.* FROM named CROSS JOIN {levels} AS level CROSS JOIN LATERAL (
    SELECT id, priority, available_at FROM jobs_job
    WHERE {claimable} AND executor = named.executor AND priority = level
      AND (%(queue)s::text IS NULL OR queue = %(queue)s)
    ORDER BY available_at, id LIMIT %(limit)s) AS job)"""
_PART_BY_KIND = {
    kind: _PART.format(queued=QUEUED[kind], claimable=CLAIMABLE[kind], levels=LEVELS) for kind in Kind
}

# What goes before a job in the order of the claim, by its index. Tracked jobs wait for programs instead.
_AHEAD = f"""
SELECT count(*) AS jobs FROM (
    SELECT FROM jobs_job
    WHERE {CLAIMABLE[Kind.RUN]} AND executor = %(executor)s
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


def ahead_of(job: Mapping[str, Any], most: int) -> int:
    """How many run jobs of its executor would be claimed before this one, counted up to `most`."""
    place = {name: job[name] for name in ("executor", "priority", "available_at")}
    return int(fetch(_AHEAD, {**place, "job_id": job["id"], "most": most})[0]["jobs"])

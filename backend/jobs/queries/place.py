"""A job's place in the queue."""

from datetime import datetime

from ..sql import CLAIMABLE, fetch
from ..states import Kind

# What goes before it in the order of the claim, by its index. Tracked jobs wait for programs instead.
_AHEAD = f"""
SELECT count(*) AS jobs FROM (
    SELECT FROM jobs_job
    WHERE {CLAIMABLE[Kind.RUN]}
      AND priority >= %(priority)s
      AND (priority > %(priority)s OR (available_at, id) < (%(available_at)s, %(job_id)s))
    LIMIT %(most)s) AS counted"""  # noqa: S608  constants only


def ahead_of(job_id: int, priority: int, available_at: datetime, most: int) -> int:
    """How many run jobs would be claimed before this one, counted up to `most`."""
    params = {"job_id": job_id, "priority": priority, "available_at": available_at, "most": most}
    return int(fetch(_AHEAD, params)[0]["jobs"])

"""The history of one job."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..sql import fetch, in_archive

# A job's history is read by (job, timestamp); the id orders what happened within the same microsecond.
_NEWEST = """
SELECT id, status_type, timestamp, message, progress, attempt FROM jobs_jobstatus
WHERE job_id = %(job_id)s AND timestamp >= %(since)s
ORDER BY timestamp DESC, id DESC LIMIT %(limit)s"""

_AFTER = """
SELECT id, status_type, timestamp, message, progress, attempt FROM jobs_jobstatus
WHERE job_id = %(job_id)s AND timestamp >= %(after)s AND (timestamp, id) > (%(after)s, %(after_id)s)
ORDER BY timestamp, id LIMIT %(limit)s"""


CLOCKS_APART = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StatusPage:
    """Entries, oldest first, and where the next page goes on (None: there is none)."""

    statuses: list[dict[str, Any]]
    next_place: tuple[datetime, int] | None


def newest_statuses(job_id: int, since: datetime, limit: int) -> list[dict[str, Any]]:
    """The newest entries, oldest of them first. `since` (when the job was made) spares older partitions."""
    # The history's times are the database's, the job's own the web process's: their clocks may differ.
    return fetch(_NEWEST, {"job_id": job_id, "since": since - CLOCKS_APART, "limit": limit})[::-1]


def status_page(
    job_id: int, after: tuple[datetime, int], limit: int, *, archived: bool = False
) -> StatusPage:
    """Entries that follow a place, of a live or an archived job."""
    if archived:
        with in_archive():
            return status_page(job_id, after, limit)
    found = fetch(_AFTER, {"job_id": job_id, "after": after[0], "after_id": after[1], "limit": limit + 1})
    page = found[:limit]
    more = len(found) > limit
    return StatusPage(page, (page[-1]["timestamp"], page[-1]["id"]) if more else None)

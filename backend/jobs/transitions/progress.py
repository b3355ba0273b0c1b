"""progress: how far the engine's running jobs have come. No status changes; the same guard as a settle
applies."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from .. import events
from ..attempts import AttemptRef
from .statement import as_recordset, flat, rows


@dataclass(frozen=True, slots=True)
class ProgressNews:
    """Progress of one attempt: percent 0-100 (None: as it was), its message, and whether the history notes
    it."""

    ref: AttemptRef
    progress: int | None
    message: str
    note: bool


# Columns that no index holds: these updates stay within their page. Skips what is locked, as `settle` does.
_PROGRESS = """
WITH news AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(news)s::jsonb) AS n (
        job_id bigint, number int, lease uuid, progress smallint, message text, note bool)
),
locked AS MATERIALIZED (
    SELECT job.id FROM jobs_job AS job JOIN news AS n ON job.id = n.job_id
    WHERE job.status = 'RUNNING' AND job.attempt = n.number AND job.lease = n.lease
    FOR NO KEY UPDATE OF job SKIP LOCKED
),
moved AS (
    UPDATE jobs_job AS job SET
        progress = coalesce(n.progress, job.progress),
        status_message = CASE WHEN n.message = '' THEN job.status_message ELSE n.message END,
        updated_at = clock_timestamp(), version = job.version + 1,
        latest_status_id = CASE WHEN n.note THEN nextval('jobs_jobstatus_id_seq') ELSE job.latest_status_id END,
        status_count = job.status_count + n.note::int
    FROM news AS n JOIN locked ON locked.id = n.job_id
    WHERE job.id = n.job_id AND job.status = 'RUNNING' AND job.attempt = n.number AND job.lease = n.lease
    RETURNING job.*, n.note
),
noted AS (
    INSERT INTO jobs_jobstatus (id, job_id, status_type, timestamp, message, progress, attempt)
    SELECT latest_status_id, id, status, updated_at, status_message, progress, attempt FROM moved WHERE note
)
SELECT id FROM moved
"""


def report_progress(news: Sequence[ProgressNews]) -> set[int]:
    """Write progress, at most one item for each job; the ids of the jobs for which it was written.

    The others are not ours any more, or locked by somebody else just then. Waits for nobody.
    """
    if not news:
        return set()
    with transaction.atomic():
        params = {"news": as_recordset([flat(item) for item in news])}
        moved = {row["id"] for row in rows(_PROGRESS, params)}
        events.changed(moved)
    return moved

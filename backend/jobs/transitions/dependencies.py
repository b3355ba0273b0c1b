"""depend: jobs wait for others to end. They are in no queue until all have ended as is wanted of them.

Whoever makes a move that ends jobs looks, after the commit, at what waits for them (`ended`). That look goes by
what is true and not by what was told, so it may be made at any time, by anybody and twice; the scheduler makes
it for all now and then (`depend`), in case somebody was killed before he came to it. It waits for nobody.
"""

import logging
import threading
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import Error, connection, transaction

from .. import events
from ..models import ENDED_VALUES
from ..sql import ARCHIVE, fetch
from ..states import MEETS, Status
from .statement import as_recordset, move, rows

MOST_AT_ONCE = 2000
MOST_CAUGHT_UP = 1000
MOST_TRIES, SECONDS_BETWEEN_TRIES = 5, 0.01

log = logging.getLogger(__name__)

_ADD = """
INSERT INTO jobs_dependency (job_id, upstream_id, wants)
SELECT job_id, upstream_id, wants
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (job_id bigint, upstream_id bigint, wants text)"""

_HAS_ENDED = "(upstream.id IS NULL OR upstream.status = ANY(%(ended)s))"
_IS_DUE = f"""
SELECT 1 FROM jobs_dependency AS depends LEFT JOIN jobs_job AS upstream ON upstream.id = depends.upstream_id
WHERE depends.met IS NULL AND depends.upstream_id = ANY(%(ids)s) AND {_HAS_ENDED}
  AND EXISTS (SELECT FROM jobs_job WHERE id = depends.job_id)
LIMIT 1"""

# Read only where a job is not among the live ones: the archive is asked month by month.
_STATUS = f"""coalesce(upstream.status, (
    SELECT status FROM {ARCHIVE}.jobs_job AS archived WHERE archived.id = depends.upstream_id LIMIT 1), 'DELETED')"""


def _listed(statuses: Iterable[Status]) -> str:
    return ", ".join(f"'{status}'" for status in sorted(statuses))


_MET = "CASE wants {} END".format(
    " ".join(f"WHEN '{wants}' THEN status IN ({_listed(statuses)})" for wants, statuses in MEETS.items())
)
_BECAME = """CASE counted.status WHEN 'COMPLETED' THEN ' completed' WHEN 'FAILED' THEN ' failed'
                WHEN 'CANCELLED' THEN ' was cancelled' ELSE ' was deleted' END"""
_WHY = f"""'Job ' || counted.upstream_id || {_BECAME} || ', and this one was to run after its '
                || counted.wants || '.'"""

_RESOLVE = move(
    f"""
        status = 'FAILED', completed_at = clock_timestamp(), reason = 'dependency_failed',
        error_message = {_WHY}, status_message = {_WHY}""",
    "job.id = counted.job_id AND counted.upstream_id IS NOT NULL AND job.status = 'PENDING'",
    before=f"""
due AS MATERIALIZED (
    SELECT job_id, upstream_id, wants, status, {_MET} AS met FROM (
        SELECT depends.job_id, depends.upstream_id, depends.wants, {_STATUS} AS status
        FROM jobs_dependency AS depends LEFT JOIN jobs_job AS upstream ON upstream.id = depends.upstream_id
        WHERE depends.met IS NULL AND depends.upstream_id = ANY(%(ids)s) AND {_HAS_ENDED}
        LIMIT {MOST_AT_ONCE}) AS found
),
locked AS MATERIALIZED (
    SELECT id FROM jobs_job WHERE id IN (SELECT job_id FROM due) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
),
judged AS (
    UPDATE jobs_dependency AS depends SET met = due.met
    FROM due JOIN locked ON locked.id = due.job_id
    WHERE depends.job_id = due.job_id AND depends.upstream_id = due.upstream_id AND depends.met IS NULL
    RETURNING due.*
),
counted AS (
    SELECT DISTINCT ON (job_id) job_id, count(*) FILTER (WHERE met) OVER of_job AS met,
           CASE WHEN NOT met THEN upstream_id END AS upstream_id, wants, status
    FROM judged WINDOW of_job AS (PARTITION BY job_id) ORDER BY job_id, judged.met, judged.upstream_id
),
freed AS (
    UPDATE jobs_job AS job SET
        unmet = job.unmet - counted.met, version = job.version + 1, updated_at = clock_timestamp(),
        available_at = CASE WHEN job.unmet = counted.met THEN greatest(job.available_at, clock_timestamp())
                            ELSE job.available_at END
    FROM counted
    WHERE job.id = counted.job_id AND counted.upstream_id IS NULL AND job.status = 'PENDING'
    RETURNING job.id, job.unmet
),""",
    source="FROM counted",
    result="SELECT id, unmet, false AS failed FROM freed UNION ALL SELECT id, 0, true FROM moved",
)

_UPSTREAMS = """
SELECT job_id, array_agg(upstream_id) FILTER (WHERE met IS NOT TRUE) AS upstreams FROM jobs_dependency
WHERE job_id = ANY(%(ids)s) GROUP BY job_id"""
_WAIT_AGAIN = "UPDATE jobs_dependency SET met = NULL WHERE job_id = ANY(%(ids)s) AND met = false"
_COUNT_AGAIN = """
UPDATE jobs_job AS job SET unmet = (
    SELECT count(*) FROM jobs_dependency AS depends WHERE depends.job_id = job.id AND met IS NOT TRUE)
WHERE id = ANY(%(ids)s)"""

_FORGET = "DELETE FROM jobs_dependency WHERE job_id = ANY(%(ids)s)"

_MISSED = f"""
SELECT DISTINCT depends.upstream_id FROM jobs_dependency AS depends
JOIN jobs_job AS job ON job.id = depends.job_id
LEFT JOIN jobs_job AS upstream ON upstream.id = depends.upstream_id
WHERE depends.met IS NULL AND {_HAS_ENDED}
LIMIT {MOST_CAUGHT_UP}"""


def add(wanted: Sequence[Mapping[str, Any]]) -> None:
    """Store what new jobs depend on: rows of `job_id`, `upstream_id` and `wants`."""
    if not wanted:
        return
    _run(_ADD, {"rows": as_recordset(wanted)})
    _run(_COUNT_AGAIN, {"ids": list({one["job_id"] for one in wanted})})
    ended({int(one["upstream_id"]) for one in wanted})


def ended(ids: Collection[int]) -> None:
    """These jobs have ended or are gone: once that is committed, look at what waits for them.

    Once for all that a transaction ends, when all of it has been announced.
    """
    if ids:
        _gathered.ids |= set(ids)
        _gathered.last = told = object()
        transaction.on_commit(partial(_resolve_gathered, told))


def resolve(ids: Sequence[int]) -> None:
    """Let go on what waits for none but those of these jobs that have ended; end what waits for another end.

    What that ends is waited for in its turn. What somebody has locked is tried a few times more, for mostly it
    is somebody who looks at what waits for another of its dependencies; then it is left to `depend`.
    """
    waited_for = list(ids)
    params = {"ids": waited_for, "ended": ENDED_VALUES}
    in_vain = 0
    while waited_for and in_vain < MOST_TRIES and rows(_IS_DUE, params):
        with transaction.atomic():
            found = rows(_RESOLVE, params)
            events.changed(row["id"] for row in found)
            if any(not row["failed"] and not row["unmet"] for row in found):
                events.wake()
        waited_for += [row["id"] for row in found if row["failed"]]
        if not found:
            in_vain += 1
            time.sleep(SECONDS_BETWEEN_TRIES)


def wait_again(ids: Sequence[int]) -> None:
    """These jobs are PENDING anew: what has not ended as they want is waited for once more."""
    found = fetch(_UPSTREAMS, {"ids": list(ids)})
    if not found:
        return
    jobs = {"ids": [row["job_id"] for row in found]}
    _run(_WAIT_AGAIN, jobs)
    _run(_COUNT_AGAIN, jobs)
    ended({upstream for row in found for upstream in row["upstreams"] or ()})


def forget(ids: Sequence[int]) -> None:
    """These jobs are being deleted: they wait for nothing any more, and nobody needs to wait for them."""
    _run(_FORGET, {"ids": list(ids)})
    ended(ids)


def depend() -> None:
    """Look at all that waits for something that has ended, a part of it at once."""
    resolve([row["upstream_id"] for row in fetch(_MISSED, {"ended": ENDED_VALUES})])


class _Gathered(threading.local):
    """Ids of jobs that this thread has seen end. What a rollback leaves here is looked at for nothing later."""

    def __init__(self) -> None:
        self.ids: set[int] = set()
        self.last: object = None


_gathered = _Gathered()


def _resolve_gathered(told: object) -> None:
    """The moves have been made and are not undone by this; what fails here is made up for by `depend`."""
    if told is not _gathered.last:
        return
    ids, _gathered.ids = sorted(_gathered.ids), set()
    try:
        resolve(ids)
    except Error as error:
        log.warning("What waits for %d jobs is looked at later: %s", len(ids), str(error).partition("\n")[0])


def _run(statement: str, params: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)

"""start, renew, rescue: what keeps a claimed attempt its holder's, and what happens when it no longer
is."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from .. import events
from ..attempts import AttemptRef
from ..states import Status
from . import dependencies
from .statement import as_recordset, move, rows

LOST_AFTER_SECONDS = 30  # past the end of a lease, so that its holder has surely ended the job


@dataclass(frozen=True, slots=True)
class Renewed:
    """Ids of attempts. What is in neither was locked by somebody else just then: renew it again soon."""

    kept: set[int]
    lost: set[int]


@dataclass(frozen=True, slots=True)
class Rescued:
    """A job whose worker was lost, and what became of it."""

    job_id: int
    attempt: int
    status: Status


# As in `settle`, a row that somebody holds is left for the next try: a batch waits for nobody.
_HELD = """
held AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(leases)s::jsonb) AS h (attempt_id bigint, lease uuid, started_at timestamptz)
),
locked AS MATERIALIZED (
    SELECT a.id FROM jobs_attempt AS a JOIN held AS h ON a.id = h.attempt_id
    WHERE a.lease = h.lease AND a.ended_at IS NULL
    FOR NO KEY UPDATE OF a SKIP LOCKED
)"""

_START = f"""
WITH {_HELD}
UPDATE jobs_attempt AS a SET started_at = coalesce(a.started_at, h.started_at)
FROM held AS h JOIN locked ON locked.id = h.attempt_id
WHERE a.id = h.attempt_id AND a.lease = h.lease AND a.ended_at IS NULL
RETURNING a.id
"""

_RENEW = f"""
WITH {_HELD}
UPDATE jobs_attempt AS a SET lease_until = clock_timestamp() + a.lease_seconds * interval '1 second'
FROM held AS h JOIN locked ON locked.id = h.attempt_id
WHERE a.id = h.attempt_id AND a.lease = h.lease AND a.ended_at IS NULL
RETURNING a.id
"""

_STILL_OURS = """
SELECT a.id FROM jsonb_to_recordset(%(leases)s::jsonb) AS h (attempt_id bigint, lease uuid)
JOIN jobs_attempt AS a ON a.id = h.attempt_id AND a.lease = h.lease AND a.ended_at IS NULL
"""

_ANOTHER = """
    (job.cancel_requested_at IS NULL
     AND (job.command = '' OR (job.retry_on_lost AND job.attempts_used + 1 < job.max_attempts)))"""

_OUTCOME = f"""
    CASE WHEN {_ANOTHER} THEN 'PENDING' WHEN job.cancel_requested_at IS NOT NULL THEN 'CANCELLED' ELSE 'FAILED' END"""

# By the database's clock, but no later than the caller's own clock allows it to be.
_LOST = "a.lease_until < least(clock_timestamp(), to_timestamp(%(latest)s)) - %(grace)s * interval '1 second'"

_RESCUE = move(
    f"""
        status = {_OUTCOME},
        lease = NULL,
        attempt = job.attempt + {_ANOTHER}::int,
        attempts_used = job.attempts_used + 1,
        available_at = CASE WHEN {_ANOTHER} THEN clock_timestamp() ELSE job.available_at END,
        started_at = CASE WHEN {_ANOTHER} THEN NULL ELSE job.started_at END,
        completed_at = CASE WHEN {_ANOTHER} THEN NULL ELSE clock_timestamp() END,
        progress = CASE WHEN {_ANOTHER} THEN NULL ELSE job.progress END,
        result_data = CASE WHEN {_ANOTHER} THEN NULL ELSE job.result_data END,
        reason = CASE WHEN {_ANOTHER} THEN '' WHEN job.cancel_requested_at IS NOT NULL THEN 'cancelled'
                      ELSE 'worker_lost' END,
        error_message = CASE WHEN {_ANOTHER} THEN '' ELSE 'Worker ' || e.worker_name || ' was lost' END,
        status_message = 'Worker ' || e.worker_name || ' was lost'""",
    "job.id = e.job_id AND job.status = 'RUNNING' AND job.attempt = e.number AND job.lease = e.lease",
    # A row that somebody holds is left for the next round: whoever renews or settles is alive. So this waits for
    # nobody, and the predicates are repeated on the newest version of what it did get.
    before=f"""
expired AS MATERIALIZED (
    SELECT a.id, job.result_data, job.command = '' AS tracked
    FROM jobs_attempt AS a JOIN jobs_job AS job ON job.id = a.job_id
    WHERE a.ended_at IS NULL AND {_LOST}
      AND job.status = 'RUNNING' AND job.attempt = a.number AND job.lease = a.lease
    ORDER BY a.lease_until LIMIT %(limit)s
    FOR NO KEY UPDATE OF job, a SKIP LOCKED
),
ended AS (
    UPDATE jobs_attempt AS a SET ended_at = clock_timestamp(), reason = 'worker_lost',
        error_message = 'Worker ' || a.worker_name || ' was lost', result_data = expired.result_data,
        log_complete = expired.tracked
    FROM expired
    WHERE a.id = expired.id AND a.ended_at IS NULL AND {_LOST}
    RETURNING a.job_id, a.number, a.lease, a.worker_name
),""",
    source="FROM ended AS e",
    result="SELECT moved.id AS job_id, e.number AS attempt, moved.status FROM moved JOIN ended AS e ON e.job_id = moved.id",
)


def start(started: Sequence[tuple[AttemptRef, datetime]]) -> set[int]:
    """Note when these attempts' processes started; the ids of those for which that was done. Waits for nobody."""
    items = [{**asdict(ref), "started_at": at} for ref, at in started]
    return {row["id"] for row in rows(_START, {"leases": as_recordset(items)})} if items else set()


def renew(leases: Sequence[AttemptRef]) -> Renewed:
    """Extend leases by their own length from the database's now. Waits for nobody.

    Whoever holds a lease measures its end from before this call by a clock of its own, so that it never
    believes in a lease for longer than the database does.
    """
    if not leases:
        return Renewed(set(), set())
    params = {"leases": as_recordset([asdict(ref) for ref in leases])}
    kept = {row["id"] for row in rows(_RENEW, params)}
    others = {ref.attempt_id for ref in leases} - kept
    return Renewed(kept, others - {row["id"] for row in rows(_STILL_OURS, params)} if others else others)


def rescue(
    *, grace_seconds: float = LOST_AFTER_SECONDS, latest: float | None = None, limit: int = 500
) -> list[Rescued]:
    """End the attempts whose lease ran out more than `grace_seconds` ago as `worker_lost`.

    Their jobs wait for another worker where attempts are left and `retry_on_lost` allows; otherwise they
    fail. Tracked jobs always become PENDING again. The log of a command stays incomplete: its worker may
    come back with the rest. At most `limit` at once: the longest lost first.

    :param latest: what the database's clock may show at most, in seconds since 1970, by a clock of the
        caller's that nobody sets.
    """
    with transaction.atomic():
        lost = rows(_RESCUE, {"grace": grace_seconds, "latest": latest, "limit": limit})
        events.changed(row["job_id"] for row in lost)
        if lost:
            events.wake()
        dependencies.ended([row["job_id"] for row in lost if row["status"] != Status.PENDING])
    return [Rescued(**{**row, "status": Status(row["status"])}) for row in lost]

"""settle: attempts have ended; their jobs end with them, or wait for another attempt."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from .. import events
from ..attempts import AttemptRef
from ..states import Reason, Status
from . import dependencies
from .statement import as_recordset, flat, move, rows


@dataclass(frozen=True, slots=True)
class Ending:
    """How one attempt ended, and what becomes of its job.

    `status` PENDING means another attempt, `delay` seconds from now; `counted` says whether this one counts
    against `max_attempts`. `message` goes into the history, `error_message` to the job. Times are the
    machine's own. `log_complete`: all that it wrote is stored already.
    """

    ref: AttemptRef
    status: Status
    message: str
    reason: Reason | None = None
    exit_code: int | None = None
    signal: int | None = None
    error_message: str = ""
    result_data: Any = None
    usage: dict[str, Any] = field(default_factory=dict)
    receipt: dict[str, Any] | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    counted: bool = True
    delay: float = 0.0
    log_complete: bool = False


class Settled(StrEnum):
    """What became of one ending."""

    NOW = "now"  # this call wrote it
    ALREADY = "already"  # an earlier call of ours did; its answer was lost
    BUSY = "busy"  # somebody else has locked the job or the attempt just now: try again
    FENCED = "fenced"  # the attempt is no longer ours: end its process and forget it


# A job whose cancel was asked for is not tried again.
_OUTCOME = "CASE WHEN e.status = 'PENDING' AND job.cancel_requested_at IS NOT NULL THEN 'CANCELLED' ELSE e.status END"
_AGAIN = f"({_OUTCOME} = 'PENDING')"
# What never ran, and not by its own fault, has waited all the time.
_KEEPS_ITS_PLACE = "(NOT e.counted AND e.started_at IS NULL AND e.delay = 0)"
# It may have been claimed before there was room for it. The machine's clock is believed between the claim and now.
_STARTED = """CASE WHEN job.started_at IS NULL OR e.started_at IS NULL THEN job.started_at
                  ELSE greatest(job.started_at, least(e.started_at, statement_timestamp())) END"""

_ENDINGS = """
endings AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(endings)s::jsonb) AS e (
        job_id bigint, attempt_id bigint, number int, lease uuid, status text, message text, reason text,
        exit_code int, signal smallint, error_message text, result_data jsonb, usage jsonb, receipt jsonb,
        started_at timestamptz, ended_at timestamptz, counted bool, delay float8, log_complete bool)
)"""

_CHANGES = f"""
        status = {_OUTCOME},
        lease = NULL,
        dispatched_at = NULL,
        attempt = job.attempt + {_AGAIN}::int,
        attempts_used = job.attempts_used + e.counted::int,
        available_at = CASE WHEN {_AGAIN} AND NOT {_KEEPS_ITS_PLACE}
                            THEN clock_timestamp() + e.delay * interval '1 second' ELSE job.available_at END,
        started_at = CASE WHEN {_AGAIN} THEN NULL ELSE {_STARTED} END,
        completed_at = CASE WHEN {_AGAIN} THEN NULL
                            ELSE least(greatest(coalesce(e.ended_at, clock_timestamp()), {_STARTED}),
                                       clock_timestamp()) END,
        progress = CASE WHEN {_AGAIN} THEN NULL WHEN e.status = 'COMPLETED' AND job.progress IS NOT NULL THEN 100
                        ELSE job.progress END,
        exit_code = CASE WHEN {_AGAIN} THEN NULL ELSE e.exit_code END,
        signal = CASE WHEN {_AGAIN} THEN NULL ELSE e.signal END,
        reason = CASE WHEN {_AGAIN} THEN '' WHEN {_OUTCOME} = 'CANCELLED' THEN 'cancelled'
                      ELSE coalesce(e.reason, '') END,
        error_message = CASE WHEN {_AGAIN} THEN '' ELSE e.error_message END,
        result_data = CASE WHEN {_AGAIN} THEN NULL ELSE e.result_data END,
        status_message = e.message"""


def _ends(job_is_ours: str, attempt_is_ours: str) -> str:
    """The statement that ends attempts and moves their jobs, where both are as the conditions say."""
    return move(
        _CHANGES,
        f"job.id = e.job_id AND {job_is_ours}",
        # A row that somebody holds is left for the next try: a batch waits for nobody, so one row holds up no other.
        before=f"""{_ENDINGS},
locked AS MATERIALIZED (
    SELECT job.id FROM endings AS e
    JOIN jobs_job AS job ON job.id = e.job_id JOIN jobs_attempt AS a ON a.id = e.attempt_id
    WHERE {job_is_ours} AND {attempt_is_ours} AND a.ended_at IS NULL
    FOR NO KEY UPDATE OF job, a SKIP LOCKED
),""",
        source="FROM endings AS e JOIN locked ON locked.id = e.job_id",
        after=f"""
ended AS (
    UPDATE jobs_attempt AS a SET
        started_at = coalesce(e.started_at, a.started_at), ended_at = coalesce(e.ended_at, clock_timestamp()),
        exit_code = e.exit_code, signal = e.signal, reason = coalesce(e.reason, ''), error_message = e.error_message,
        result_data = e.result_data, usage = e.usage, receipt = e.receipt, log_complete = e.log_complete
    FROM moved JOIN endings AS e ON e.job_id = moved.id
    WHERE a.id = e.attempt_id AND {attempt_is_ours} AND a.ended_at IS NULL
    RETURNING a.id AS attempt_id, a.job_id
),""",
        result="SELECT ended.attempt_id, moved.id AS job_id, moved.status FROM moved JOIN ended ON ended.job_id = moved.id",
    )


SETTLE = _ends(
    "job.status = 'RUNNING' AND job.attempt = e.number AND job.lease = e.lease", "a.lease = e.lease"
)
REFUSE = _ends(
    "job.status = 'PENDING' AND job.attempt = e.number AND job.dispatched_at IS NOT NULL", "a.lease IS NULL"
)

_READ_AGAIN = f"""
WITH {_ENDINGS}
SELECT e.attempt_id, CASE
    WHEN a.ended_at IS NULL AND job.attempt = e.number AND job.lease IS NOT DISTINCT FROM e.lease THEN 'busy'
    WHEN a.ended_at IS NOT NULL AND a.reason = coalesce(e.reason, '')
         AND a.exit_code IS NOT DISTINCT FROM e.exit_code AND a.signal IS NOT DISTINCT FROM e.signal THEN 'already'
    ELSE 'fenced' END AS outcome
FROM endings AS e JOIN jobs_attempt AS a ON a.id = e.attempt_id AND a.lease IS NOT DISTINCT FROM e.lease
JOIN jobs_job AS job ON job.id = a.job_id
"""


def settle(endings: Sequence[Ending]) -> dict[int, Settled]:
    """Write how these attempts ended, at most one for each job; the outcome by attempt id. Waits for nobody."""
    return write(SETTLE, endings)


def write(statement: str, endings: Sequence[Ending]) -> dict[int, Settled]:
    """Carry out SETTLE or REFUSE. What changes nothing is read again."""
    if not endings:
        return {}
    with transaction.atomic():
        moved = rows(statement, {"endings": as_recordset([flat(ending) for ending in endings])})
        events.changed(row["job_id"] for row in moved)
        if any(row["status"] == Status.PENDING for row in moved):
            events.wake()
        dependencies.ended([row["job_id"] for row in moved if row["status"] != Status.PENDING])
    now = {row["attempt_id"]: Settled.NOW for row in moved}
    return now | _read_again([ending for ending in endings if ending.ref.attempt_id not in now])


def _read_again(endings: Sequence[Ending]) -> dict[int, Settled]:
    if not endings:
        return {}
    params = {"endings": as_recordset([flat(ending) for ending in endings])}
    found = {row["attempt_id"]: Settled(row["outcome"]) for row in rows(_READ_AGAIN, params)}
    ids = [ending.ref.attempt_id for ending in endings]
    return {one: found.get(one, Settled.FENCED) for one in ids}

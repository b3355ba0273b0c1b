"""dispatch, claim dispatched, refuse: attempts that wait in the queue of another system, Celery's or Slurm's.

Such an attempt is open and nobody holds it yet: it has no lease, and its job is PENDING. Whoever gets the message,
or sees it start there, claims it; from then on it is an attempt like any other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from .. import events
from ..attempts import AttemptRef, Claimed, Workload
from ..models import Attempt
from .claim import CLAIMED, STARTS, Candidate, Claimer, candidates, claim_params
from .settle import REFUSE, Ending, Settled, write
from .statement import move, rows


@dataclass(frozen=True, slots=True)
class Dispatched:
    """An attempt to be handed to another system; its `ref` has no lease."""

    ref: AttemptRef
    work: Workload


_DISPATCH = move(
    "dispatched_at = clock_timestamp(), status_message = %(message)s",
    "job.id = ANY(%(ids)s) AND job.status = 'PENDING' AND job.unmet = 0 AND job.dispatched_at IS NULL",
    after="""
opened AS (
    INSERT INTO jobs_attempt (job_id, number, worker_id, worker_name, dispatched_at)
    SELECT id, attempt, %(worker_id)s, %(worker)s, dispatched_at FROM moved
    RETURNING id, job_id
),""",
    result=CLAIMED,
)

# By a statement of its own: the next one sees what those for whom this has waited have left.
_LOCK = """
SELECT job.id FROM jobs_attempt AS a JOIN jobs_job AS job ON job.id = a.job_id AND job.attempt = a.number
WHERE a.id = ANY(%(attempts)s) AND a.ended_at IS NULL AND a.lease IS NULL
  AND job.status = 'PENDING' AND job.dispatched_at IS NOT NULL
ORDER BY job.id FOR NO KEY UPDATE OF job
"""

_CLAIM_DISPATCHED = move(
    STARTS,
    "job.id = ANY(%(ids)s) AND job.status = 'PENDING' AND job.dispatched_at IS NOT NULL",
    after="""
opened AS (
    UPDATE jobs_attempt AS a SET
        lease = moved.lease, lease_until = clock_timestamp() + %(lease_seconds)s * interval '1 second',
        lease_seconds = %(lease_seconds)s, worker_id = %(worker_id)s, worker_name = %(worker)s
    FROM moved
    WHERE a.job_id = moved.id AND a.number = moved.attempt AND a.ended_at IS NULL AND a.lease IS NULL
    RETURNING a.id, a.job_id
),""",
    result=CLAIMED,
)


def dispatch(
    dispatcher: Claimer, choose: Callable[[Sequence[Candidate]], Iterable[int]], *, look: int
) -> list[Dispatched]:
    """Open an attempt for jobs that go to another system, in the order of the queue. They stay PENDING.

    `choose` and `look` are those of `claim`. Hand them over under a name made of the attempt's id: whoever finds
    them again after a crash can see whether that has been done.
    """
    with transaction.atomic():
        ids = list(choose(candidates(dispatcher, look)))
        if not ids:
            return []
        params = {**claim_params(dispatcher, ids), "message": f"Handed to {dispatcher.executor}"}
        opened = [Claimed.of(row) for row in rows(_DISPATCH, params)]
        events.changed(one.ref.job_id for one in opened)
    return [Dispatched(one.ref, one.work) for one in opened]


def note_external_id(ref: AttemptRef, external_id: str) -> bool:
    """Note by which id the other system knows an attempt; False when the attempt has ended meanwhile."""
    mine = Attempt.objects.filter(pk=ref.attempt_id, dispatched_at__isnull=False, ended_at__isnull=True)
    return bool(mine.update(external_id=external_id))


def claim_dispatched(claimer: Claimer, attempts: Sequence[int]) -> list[Claimed]:
    """Make those of these attempts RUNNING for `claimer` that still wait for somebody, under new leases.

    The others are somebody else's by now, cancelled or refused: a message about them is to be dropped, and what
    started is to be ended.
    """
    with transaction.atomic():
        ids = [row["id"] for row in rows(_LOCK, {"attempts": list(attempts)})]
        if not ids:
            return []
        claimed = [Claimed.of(row) for row in rows(_CLAIM_DISPATCHED, claim_params(claimer, ids))]
        events.changed(one.ref.job_id for one in claimed)
    return claimed


def refuse(endings: Sequence[Ending]) -> dict[int, Settled]:
    """End dispatched attempts that nobody will start: the other system has refused, lost or dropped them.

    The outcome by attempt id, as of `settle`; FENCED where one was claimed or cancelled first.
    """
    return write(REFUSE, endings)

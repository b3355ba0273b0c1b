"""claim: the next pending jobs, in the order of the queue, for one worker under new leases."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from .. import events
from ..attempts import WORK_COLUMNS, Claimed
from ..sql import CLAIMABLE, LEVELS
from ..states import Kind
from .statement import move, rows


@dataclass(frozen=True, slots=True)
class Claimer:
    """Who claims. `id` is a Worker's; a program that claims tracked jobs over HTTP has only a name.

    `cpus` and `memory_mb` are the most that one job may ask for: what asks for more is left to others.
    """

    name: str
    lease_seconds: int
    id: UUID | None = None
    kind: Kind = Kind.RUN
    queues: tuple[str, ...] = ()  # none named: all
    executor: str = "local"
    cpus: float = float("inf")
    memory_mb: int = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pending job that may be claimed now, and what it needs."""

    id: int
    priority: int
    cpus: float
    memory_mb: int
    waiting_seconds: float


# No ORDER BY above the levels: it would have all of them read, and locked, before the first is given.
_CANDIDATES = """
SELECT job.id, job.priority, job.cpus, job.memory_mb, job.waiting_seconds
FROM {levels} AS level CROSS JOIN LATERAL (
    SELECT id, priority, cpus, memory_mb, available_at,
           extract(epoch FROM clock_timestamp() - available_at)::float8 AS waiting_seconds
    FROM jobs_job
    WHERE {claimable} AND executor = %(executor)s AND priority = level
      AND cpus <= %(cpus)s AND memory_mb <= %(memory_mb)s
      AND (cardinality(%(queues)s::text[]) = 0 OR queue = ANY(%(queues)s::text[]))
    ORDER BY available_at, id
    LIMIT %(look)s
    FOR NO KEY UPDATE SKIP LOCKED) AS job
LIMIT %(look)s
"""
_CANDIDATES_BY_KIND = {kind: _CANDIDATES.format(claimable=CLAIMABLE[kind], levels=LEVELS) for kind in Kind}

STARTS = """
        status = 'RUNNING', lease = gen_random_uuid(), started_at = clock_timestamp(), progress = NULL,
        dispatched_at = NULL, worker_name = %(worker)s, status_message = %(message)s"""

CLAIMED = f"""
SELECT moved.id AS job_id, opened.id AS attempt_id, moved.attempt AS number, moved.lease, {WORK_COLUMNS}
FROM moved JOIN opened ON opened.job_id = moved.id
ORDER BY priority DESC, available_at, moved.id"""

_CLAIM = move(
    STARTS,
    "job.id = ANY(%(ids)s) AND job.status = 'PENDING' AND job.unmet = 0 AND job.dispatched_at IS NULL",
    after="""
opened AS (
    INSERT INTO jobs_attempt
        (job_id, number, lease, lease_until, lease_seconds, worker_id, worker_name, dispatched_at, started_at)
    SELECT id, attempt, lease, clock_timestamp() + %(lease_seconds)s * interval '1 second', %(lease_seconds)s,
           %(worker_id)s, %(worker)s, clock_timestamp(),
           CASE WHEN command = '' THEN clock_timestamp() END
    FROM moved
    RETURNING id, job_id
),""",
    result=CLAIMED,
)


def claim(
    claimer: Claimer, choose: Callable[[Sequence[Candidate]], Iterable[int]], *, look: int
) -> list[Claimed]:
    """Make jobs RUNNING for `claimer`, in the order of the queue.

    `choose` is shown the first `look` jobs that nobody else is claiming, locked and in order, and returns the
    ids that it has room for; the others stay as they are. Nothing is claimed when it returns none.
    """
    with transaction.atomic():
        ids = list(choose(candidates(claimer, look)))
        if not ids:
            return []
        claimed = [Claimed.of(row) for row in rows(_CLAIM, claim_params(claimer, ids))]
        events.changed(one.ref.job_id for one in claimed)
    return claimed


def candidates(claimer: Claimer, look: int) -> list[Candidate]:
    """The next jobs that nobody else is claiming, locked, in the order of the queue."""
    params = {
        "executor": claimer.executor,
        "cpus": claimer.cpus,
        "memory_mb": claimer.memory_mb,
        "queues": list(claimer.queues),
        "look": look,
    }
    return [Candidate(**row) for row in rows(_CANDIDATES_BY_KIND[claimer.kind], params)]


def claim_params(claimer: Claimer, ids: Sequence[int]) -> dict[str, Any]:
    return {
        "ids": list(ids),
        "message": f"Claimed by {claimer.name}",
        "lease_seconds": claimer.lease_seconds,
        "worker_id": claimer.id,
        "worker": claimer.name,
    }

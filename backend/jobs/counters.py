"""Totals that cost nothing to read: sums that triggers on Job keep, exact at every moment.

A total is what was folded last plus what has been appended since, read in one statement. Folding moves deltas
into the sums in one transaction, so no reader sees a delta twice or not at all; several may
fold at once.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from .states import Status

MOST_FOLDED = 50_000  # deltas in one transaction, so that none lasts long
MOST_FOLDS = 20  # in a row: whoever catches up has other duties too

_TOTALS = """
SELECT status, queue, sum(jobs)::bigint AS jobs
FROM (SELECT status, queue, owner_id, jobs FROM jobs_counter
      UNION ALL
      SELECT status, queue, owner_id, jobs FROM jobs_counterdelta) AS every
WHERE (cardinality(%(statuses)s::text[]) = 0 OR status = ANY(%(statuses)s::text[]))
  AND (%(queue)s::text IS NULL OR queue = %(queue)s)
  AND (%(owner)s::text IS NULL OR owner_id = (SELECT id FROM accounts_user WHERE username = %(owner)s))
GROUP BY status, queue HAVING sum(jobs) <> 0"""

_FOLD_JOBS = """
WITH taken AS (
    DELETE FROM jobs_counterdelta WHERE id IN (
        SELECT id FROM jobs_counterdelta ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING status, queue, owner_id, jobs
),
folded AS (
    INSERT INTO jobs_counter AS total (status, queue, owner_id, jobs)
    SELECT status, queue, owner_id, sum(jobs) FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (status, queue, owner_id) DO UPDATE SET jobs = total.jobs + excluded.jobs
)
SELECT count(*) FROM taken"""

_FOLD_ENDS = """
WITH taken AS (
    DELETE FROM jobs_hourlyenddelta WHERE id IN (
        SELECT id FROM jobs_hourlyenddelta ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING hour, queue, owner_id, status, bucket, ends, seconds
),
folded AS (
    INSERT INTO jobs_hourlyend AS total (hour, queue, owner_id, status, bucket, ends, seconds)
    SELECT hour, queue, owner_id, status, bucket, sum(ends), sum(seconds)
    FROM taken GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (hour, queue, owner_id, status, bucket)
    DO UPDATE SET ends = total.ends + excluded.ends, seconds = total.seconds + excluded.seconds
)
SELECT count(*) FROM taken"""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which jobs to count. Nothing named: all."""

    statuses: tuple[str, ...] = ()
    queue: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Numbers of jobs, every status named."""

    by_status: dict[str, int]
    by_queue: dict[str, dict[str, int]]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_status.values())


def totals(part: Slice | None = None) -> Totals:
    """How many jobs there are, exactly, by status and by queue."""
    wanted = part or Slice()
    by_status, by_queue = _none(), dict[str, dict[str, int]]()
    params = {"statuses": list(wanted.statuses), "queue": wanted.queue, "owner": wanted.owner}
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, params)
        for status, queue, jobs in cursor.fetchall():
            by_status[status] += jobs
            by_queue.setdefault(queue, _none())[status] = jobs
    return Totals(by_status, dict(sorted(by_queue.items())))


def fold(most: int = MOST_FOLDED) -> bool:
    """Move up to `most` deltas of each kind into the sums; whether there may be more."""
    moved = [_moved(statement, most) for statement in (_FOLD_JOBS, _FOLD_ENDS)]
    return max(moved) >= most


def catch_up(most: int = MOST_FOLDED, folds: int = MOST_FOLDS) -> None:
    """Fold until nothing is left, or for `folds` times."""
    for _ in range(folds):
        if not fold(most):
            break


def _moved(statement: str, most: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"most": most})
        return int(cursor.fetchone()[0])


def _none() -> dict[str, int]:
    return {status.value: 0 for status in Status}

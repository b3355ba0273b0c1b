"""Totals that cost nothing to read: sums that triggers on Job keep, exact at every moment.

A total is what was folded last plus what has been appended since, read in one statement. Folding moves deltas
into the sums in one transaction, so no reader sees a delta twice or not at all; several may
fold at once.
"""

from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction

from .sql import fetch
from .states import Status

MOST_FOLDED = 50_000  # deltas in one transaction, so that none lasts long
MOST_FOLDS = 20  # in a row: whoever catches up has other duties too
MOST_NAMED = 100  # queues or owners in one answer, those with the most to do

STOCKS = tuple(status.lower() for status in Status)
EVENTS = ("submits", "starts", "completions", "failures", "cancellations", "retries")
SECONDS = ("wait_seconds", "run_seconds", "fail_seconds", "cancel_seconds")
HISTOGRAMS = ("waits", "runs", "fails", "cancels")
NUMBERS = (*STOCKS, *EVENTS, *SECONDS)
COLUMNS = (*NUMBERS, *HISTOGRAMS)

_OWNER = "(SELECT id FROM accounts_user WHERE username = %(owner)s)"
_STOCKS = ", ".join(STOCKS)
_SUMS = ", ".join(
    (*(f"sum({name}) AS {name}" for name in NUMBERS), *(f"jobs_add({name}) AS {name}" for name in HISTOGRAMS))
)
_STOCK_SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in STOCKS)

_COUNT = f"""(
SELECT coalesce(sum({{counted}}), 0)::bigint
FROM (SELECT {_STOCKS} FROM jobs_activity WHERE {{sums}}
      UNION ALL
      SELECT {_STOCKS} FROM jobs_activitydelta WHERE {{deltas}}) AS every)"""

# What can be told apart, and how its name is read.
_NAMED = {
    "queue": ("queue", "queue"),
    "owner": ("owner_id", "(SELECT username FROM accounts_user WHERE id = owner_id)"),
}

# The sum of all first, then those with the most to do.
_TOTALS = f"""
SELECT {{name}} AS name, {_STOCK_SUMS}, count(*) OVER () - 1 AS others
FROM (SELECT {{key}}, {_STOCKS} FROM jobs_activity WHERE {{sums}}
      UNION ALL
      SELECT {{key}}, {_STOCKS} FROM jobs_activitydelta WHERE {{deltas}} AND {{key}} IS NOT NULL) AS every
GROUP BY GROUPING SETS ((), ({{key}}))
HAVING grouping({{key}}) = 1 OR {" OR ".join(f"sum({name}) <> 0" for name in STOCKS)}
ORDER BY grouping({{key}}) DESC, sum(pending + running) DESC, sum({" + ".join(STOCKS)}) DESC, name
LIMIT {MOST_NAMED + 1}"""

# Every delta counts in its hour, its day and the sum of all times; for its queue and owner, for each of them,
# and for all. So a chart reads one row for each of its hours or days, whatever it is about. What is nobody's
# cannot be asked for by owner. In one order, so that two who fold never wait for each other.
_FOLD = f"""
WITH taken AS (
    DELETE FROM jobs_activitydelta WHERE id IN (
        SELECT id FROM jobs_activitydelta ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING *
),
summed AS (
    SELECT hour, queue, owner_id, {_SUMS}
    FROM taken GROUP BY 1, 2, 3
),
folded AS (
    INSERT INTO jobs_activity AS total (step, start, queue, owner_id, {", ".join(COLUMNS)})
    SELECT step.name, step.start, queue, owner_id, {_SUMS}
    FROM summed CROSS JOIN LATERAL (VALUES
        ('hour', hour), ('day', date_bin('1 day', hour, 'epoch')), ('ever', 'epoch'::timestamptz)
    ) AS step (name, start)
    GROUP BY GROUPING SETS (
        (step.name, step.start), (step.name, step.start, queue),
        (step.name, step.start, owner_id), (step.name, step.start, queue, owner_id))
    HAVING grouping(owner_id) = 1 OR owner_id IS NOT NULL
    ORDER BY 1, 2, 3, 4
    ON CONFLICT (step, queue, owner_id, start)
    DO UPDATE SET {", ".join(f"{name} = total.{name} + excluded.{name}" for name in COLUMNS)}
)
SELECT count(*) AS moved FROM taken"""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which jobs to count. Nothing named: all."""

    statuses: tuple[str, ...] = ()
    queue: str | None = None
    owner: str | None = None

    def sums(self, step: str, each: str = "") -> str:
        """The condition on Activity's rows: about this slice, or about each `queue` or `owner_id` of it.

        There is one row for each step, queue and owner, so that its index is all that is read.
        """
        queue = "= %(queue)s" if self.queue is not None else "IS NOT NULL" if each == "queue" else "IS NULL"
        owner = (
            f"= {_OWNER}" if self.owner is not None else "IS NOT NULL" if each == "owner_id" else "IS NULL"
        )
        return f"step = '{step}' AND queue {queue} AND owner_id {owner}"

    def deltas(self) -> str:
        """The same on ActivityDelta, whose rows have both."""
        queue = "true" if self.queue is None else "queue = %(queue)s"
        owner = "true" if self.owner is None else f"owner_id = {_OWNER}"
        return f"{queue} AND {owner}"

    def params(self) -> dict[str, Any]:
        """The values that these conditions speak of."""
        return {"queue": self.queue, "owner": self.owner}


Counts = dict[str, int]  # jobs by status, every status named


@dataclass(frozen=True, slots=True)
class Totals:
    """Numbers of jobs: of all, and of the queues (or owners) with the most to do, MOST_NAMED of `named`."""

    by_status: Counts
    by_name: dict[str, Counts]
    named: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_status.values())


ALL = Slice()


def count_sql(part: Slice) -> str:
    """SQL of a number, for who reads more by the same statement: how many jobs there are, exactly.

    It speaks of `part.params()`.
    """
    counted = " + ".join(status.lower() for status in part.statuses or Status)
    return _COUNT.format(counted=counted, sums=part.sums("ever"), deltas=part.deltas())


def totals(part: Slice = ALL, by: Literal["queue", "owner"] = "queue") -> Totals:
    """How many jobs there are, exactly, and in which queues; or whose they are, of those with an owner."""
    key, name = _NAMED[by]
    conditions = {"sums": part.sums("ever", each=key), "deltas": part.deltas()}
    everything, *each = fetch(_TOTALS.format(key=key, name=name, **conditions), part.params())
    return Totals(_counts(everything), {row["name"]: _counts(row) for row in each}, everything["others"])


def fold(most: int = MOST_FOLDED) -> bool:
    """Move up to `most` deltas into the sums; whether there may be more."""
    with transaction.atomic():
        (row,) = fetch(_FOLD, {"most": most})
    return bool(row["moved"] >= most)


def catch_up(most: int = MOST_FOLDED, folds: int = MOST_FOLDS) -> None:
    """Fold until nothing is left, or for `folds` times."""
    for _ in range(folds):
        if not fold(most):
            break


def _counts(row: dict[str, Any]) -> Counts:
    return {status.value: row[status.lower()] for status in Status}

"""Finding jobs where only a few meet a selection: all of them at once, then the page that is asked for.

Whether they are few is what PostgreSQL expects of its statistics. It may be wrong, so there are limits: of
jobs, and of time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from ..sql import fetch_tuples
from .budget import Budget, OutOfTime
from .condition import ALWAYS, Condition, all_of
from .paths import Asked

MOST_GATHERED = 20_000
DEAREST = 20_000.0  # in the planner's units: reading as many pages in their sequence
MILLISECONDS = 60.0

_ALL = "SELECT {keys} FROM jobs_job AS job WHERE {condition} LIMIT {most}"
_PAGE = """
WITH job AS MATERIALIZED ({every})
SELECT (SELECT count(*) FROM job), page.* FROM (SELECT) AS always
LEFT JOIN (
    SELECT * FROM job WHERE {beyond} ORDER BY {order} LIMIT %(limit)s OFFSET %(skip)s) AS page ON true"""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The keys of the jobs of a page, and how many jobs there are in all."""

    hits: list[tuple[Any, ...]]
    count: int


def gather(asked: Asked, budget: Budget, among: Sequence[int] | None = None) -> Gathered | None:
    """A page of all that is meant; None where that seems or turns out to be too much.

    :param among: ids that are known to have all of it.
    """
    order, place, condition = asked.order, asked.place, asked.condition
    if among is not None:
        condition = all_of([Condition("job.id = ANY(%(among)s)", {"among": list(among)}), condition])
    keys = ", ".join(f"job.{key}" for key in order.keys)
    every = _ALL.format(keys=keys, condition=condition.sql, most=MOST_GATHERED + 1)
    beyond = ALWAYS if place is None else order.beyond(place)
    read = order.sql(backwards=place is not None and place.backwards)
    sql = _PAGE.format(every=every, beyond=beyond.sql, order=read)
    params = {**condition.params, **beyond.params, "limit": asked.wanted, "skip": asked.offset}
    try:
        if among is None and not _seem_few(every, condition):
            return None
        rows = budget.fetch(sql, params, MILLISECONDS)
    except OutOfTime:
        return None
    count = rows[0][0]
    return (
        None if count > MOST_GATHERED else Gathered([row[1:] for row in rows if row[-1] is not None], count)
    )


def _seem_few(every: str, condition: Condition) -> bool:
    """What the planner expects; without the limit, which it would hope to reach early."""
    unlimited = every.rpartition(" LIMIT ")[0]
    ((plan,),) = fetch_tuples(f"EXPLAIN (FORMAT JSON) {unlimited}", condition.params)
    top = (orjson.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return bool(top["Plan Rows"] <= MOST_GATHERED and top["Total Cost"] <= DEAREST)

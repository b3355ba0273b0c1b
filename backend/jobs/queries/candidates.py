"""Finding jobs among candidates: ids that another index than PostgreSQL's names, newest or oldest first.

Such an index may be behind: what it names is read from the table and has to meet the selection there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .budget import Budget, OutOfTime
from .criteria import Selection
from .orders import ORDERS, Order, Place
from .paths import Asked
from .walk import Found

FEW_MILLISECONDS = 40.0
"""For naming every candidate. What takes longer is not few."""

FIRST_ID = 1


@dataclass(frozen=True, slots=True)
class Candidates:
    """Ids in the order, and how far they reach: up to `until` no other job can be meant."""

    ids: Sequence[int]
    until: int


_MEANT = "SELECT job.id FROM jobs_job AS job WHERE job.id = ANY(%(candidates)s) AND ({condition})"


class CandidateSource(Protocol):
    """Names candidates. Every job that meets the selection is among them; others may be too."""

    def candidates(self, selection: Selection, order: Order, place: Place | None) -> Iterator[Candidates]:
        """Batches beyond a place, along an order by id alone, in the direction of the place.

        Each is to take some milliseconds at most, and to have some hundred ids; empty ones tell how far the
        search has come. After the last there is no more.
        """
        ...


def few(source: CandidateSource, selection: Selection, budget: Budget, most: int) -> list[int] | None:
    """Every candidate; None where they are more than `most`, or to name them all takes too long."""
    ids: list[int] = []
    for batch in source.candidates(selection, ORDERS["-id"], None):
        ids += batch.ids
        if len(ids) > most or budget.used > FEW_MILLISECONDS:
            return None
    return ids


def pick(batches: Iterator[Candidates], asked: Asked, budget: Budget, *, counting: bool = False) -> Found:
    """Those of the candidates that are meant, until enough are found or the time is up.

    :param counting: go on past that for as long as a count is worth.
    """
    found = Found()
    descending = asked.order.descending is not (asked.place is not None and asked.place.backwards)
    condition = asked.condition
    sql = _MEANT.format(condition=condition.sql)
    for batch in batches:
        met: set[Any] = set()
        if batch.ids:
            try:
                met = {
                    row[0] for row in budget.fetch(sql, {**condition.params, "candidates": list(batch.ids)})
                }
            except OutOfTime:
                return found
        found.meet([(one,) for one in batch.ids if one in met], asked)
        found.until = (batch.until,)
        if descending and batch.until <= FIRST_ID:
            break
        enough = len(found.hits) >= asked.wanted and not (counting and found.worth_counting(budget))
        if enough or budget.left <= 0:
            return found
    found.ended = True
    return found

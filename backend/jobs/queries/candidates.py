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


@dataclass(frozen=True, slots=True)
class Candidates:
    """Ids in the order, and how far they reach: up to `until` no other job can be meant."""

    ids: Sequence[int]
    until: int


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


def pick(batches: Iterator[Candidates], asked: Asked, budget: Budget) -> Found:
    """Those of the candidates that are meant, until enough are found or the time is up."""
    found = Found()
    condition = asked.condition
    sql = (
        f"SELECT job.id FROM {asked.selection.table} AS job"  # noqa: S608  constants only
        f" WHERE job.id = ANY(%(candidates)s) AND ({condition.sql})"
    )
    for batch in batches:
        met: set[Any] = set()
        if batch.ids:
            try:
                params = {**condition.params, "candidates": list(batch.ids)}
                met = {row[0] for row in budget.fetch(sql, params)}
            except OutOfTime:
                return found
        hits = [(one,) for one in batch.ids if one in met]
        past = min(max(asked.offset - found.counted, 0), len(hits))
        found.counted += len(hits)
        found.hits += hits[past:]
        found.until = (batch.until,)
        if len(found.hits) >= asked.wanted:
            del found.hits[asked.wanted :]
            return found
        if budget.left <= 0:
            return found
    found.ended = True
    return found

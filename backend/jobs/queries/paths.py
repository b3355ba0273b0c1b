"""Which index leads along an order through the jobs of a selection.

Every order has an index of its own. By age there is also one for each of a few fields, which leads through
the jobs that have one value of it: with several values these are merged. A range of what the order begins
with is a part of the index.
"""

from dataclasses import dataclass
from datetime import timedelta

from .condition import ALWAYS, Condition, all_of
from .criteria import Criterion, Selection
from .orders import Leg, Order, Place

BY_AGE = ("created_at",)
# Those of which few jobs have a value come first.
LED_BY = ("exit_code", "reason", "owner", "queue", "worker", "status", "priority")
MOST_BRANCHES = 8
# Each comes after the one before it, whichever clocks they were read from; those differ by less than a day.
TIMES = ("created_at", "started_at", "completed_at")
CLOCKS_APART = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be found: `wanted` keys, after so many of the selection or beyond a place."""

    selection: Selection
    order: Order
    wanted: int
    offset: int
    place: Place | None
    visible: Condition

    @property
    def condition(self) -> Condition:
        """What a job must meet."""
        return all_of([self.visible, self.selection.condition()])


@dataclass(frozen=True, slots=True)
class Path:
    """The branches to be merged, and what is still to be asked of each job there.

    `implied` is true of every job of the selection that has a value to be ordered by.
    """

    branches: tuple[Condition, ...]
    implied: Condition
    rest: Condition

    @property
    def whole(self) -> bool:
        """Whether every job on the way is one of the selection."""
        return self.rest is ALWAYS

    def slice(self, order: Order, leg: Leg, limit: str) -> Condition:
        """The next `limit` jobs along a leg, each with the order's keys and whether it has been `met`."""
        keys = ", ".join(f"job.{key}" for key in order.keys)
        on_the_way = leg.condition if leg.empty else all_of([leg.condition, self.implied])
        parts = [
            f"SELECT {keys}, ({self.rest.sql}) AS met FROM jobs_job AS job"  # noqa: S608  constants only
            f" WHERE {all_of([branch, on_the_way]).sql} ORDER BY {leg.order} LIMIT {limit}"
            for branch in self.branches
        ]
        params = {**self.rest.params, **on_the_way.params}
        for branch in self.branches:
            params |= branch.params
        if len(parts) == 1:
            return Condition(parts[0], params)
        merged = " UNION ALL ".join(f"({part})" for part in parts)
        return Condition(f"SELECT * FROM ({merged}) AS job ORDER BY {leg.order} LIMIT {limit}", params)  # noqa: S608


def path_for(asked: Asked) -> Path:
    """The index to walk along."""
    selection, order = asked.selection, asked.order
    leading = None if selection.archived else _leading(selection, order)
    bounding = [one for one in selection.criteria if _bounds(one, order)]
    rest = [
        one.condition(f"c{number}")
        for number, one in enumerate(selection.criteria)
        if one is not leading and one not in bounding
    ]
    bounds = [one.condition(f"bound{number}") for number, one in enumerate(bounding)]
    implied = [one.condition(f"implied{number}") for number, one in enumerate(_implied(asked))]
    branches = (ALWAYS,) if leading is None else _branches(leading)
    return Path(
        tuple(all_of([branch, *bounds]) for branch in branches),
        all_of(implied),
        all_of([asked.visible, *rest]),
    )


def leads_through(selection: Selection, order: Order) -> bool:
    """Whether an index leads through the jobs of a selection and no others."""
    return path_for(Asked(selection, order, 0, 0, None, ALWAYS)).whole


def _leading(selection: Selection, order: Order) -> Criterion | None:
    fields = LED_BY if order.columns == BY_AGE else order.columns[:-1]
    led = [
        one
        for one in selection.criteria
        if one.field in fields and _only_values(one) and len(one.values) <= MOST_BRANCHES
    ]
    return min(led, key=lambda one: fields.index(one.field), default=None)


def _bounds(one: Criterion, order: Order) -> bool:
    """Whether a criterion is a range of what the order begins with."""
    begins_with = order.keys[0]
    if one.negated or one.field != begins_with or begins_with == "duration":
        return False
    return len(one.values) == 1 if begins_with == "id" else not one.values


def _implied(asked: Asked) -> list[Criterion]:
    """Ranges of the time that the order begins with, as they follow from those of other times."""
    begins_with = asked.order.keys[0]
    if begins_with not in TIMES:
        return []
    place, implied = TIMES.index(begins_with), []
    for one in asked.selection.criteria:
        if one.field in TIMES and not one.negated:
            if one.most is not None and TIMES.index(one.field) > place:
                implied.append(Criterion(begins_with, most=one.most + CLOCKS_APART))
            if one.least is not None and TIMES.index(one.field) < place:
                implied.append(Criterion(begins_with, least=one.least - CLOCKS_APART))
    return implied


def _only_values(one: Criterion) -> bool:
    # Most jobs have exit code 0; the index has the others.
    return bool(one.values) and not one.negated and one.least is one.most is None and 0 not in one.values


def _branches(leading: Criterion) -> tuple[Condition, ...]:
    return tuple(
        Criterion(leading.field, (value,)).condition(f"b{number}")
        for number, value in enumerate(leading.values)
    )

"""Which index leads along an order through the jobs of a selection.

Every order has an index of its own. By age there is also one for each of a few fields, which leads through
the jobs that have one value of it: with several values these are merged.
"""

from dataclasses import dataclass

from .condition import ALWAYS, Condition, all_of
from .criteria import Criterion, Selection
from .orders import Leg, Order, Place

BY_AGE = ("created_at",)
# Those of which few jobs have a value come first.
LED_BY = ("exit_code", "reason", "owner", "queue", "worker", "status", "priority")
MOST_BRANCHES = 8


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
    """The branches to be merged, what is still to be asked of each job there, and the table."""

    branches: tuple[Condition, ...]
    rest: Condition
    table: str

    @property
    def whole(self) -> bool:
        """Whether every job on the way is one of the selection."""
        return self.rest is ALWAYS

    def slice(self, order: Order, leg: Leg, limit: str) -> Condition:
        """The next `limit` jobs along a leg, each with the order's keys and whether it has been `met`."""
        keys = ", ".join(f"job.{key}" for key in order.keys)
        parts = [
            f"SELECT {keys}, ({self.rest.sql}) AS met FROM {self.table} AS job"  # noqa: S608  constants only
            f" WHERE {all_of([branch, leg.condition]).sql} ORDER BY {leg.order} LIMIT {limit}"
            for branch in self.branches
        ]
        params = {**self.rest.params, **leg.condition.params}
        for branch in self.branches:
            params |= branch.params
        if len(parts) == 1:
            return Condition(parts[0], params)
        merged = " UNION ALL ".join(f"({part})" for part in parts)
        return Condition(f"SELECT * FROM ({merged}) AS job ORDER BY {leg.order} LIMIT {limit}", params)  # noqa: S608


def path_for(asked: Asked) -> Path:
    """The index to walk along."""
    selection = asked.selection
    leading = _leading(selection) if asked.order.columns == BY_AGE else None
    rest = [one.condition(f"c{n}") for n, one in enumerate(selection.criteria) if one is not leading]
    branches = (ALWAYS,) if leading is None else _branches(leading)
    return Path(branches, all_of([asked.visible, *rest]), selection.table)


def _leading(selection: Selection) -> Criterion | None:
    led = [
        one
        for one in selection.criteria
        if one.field in LED_BY and _only_values(one) and len(one.values) <= MOST_BRANCHES
    ]
    return min(led, key=lambda one: LED_BY.index(one.field), default=None)


def _only_values(one: Criterion) -> bool:
    # Most jobs have exit code 0; the index has the others.
    return bool(one.values) and not one.negated and one.least is one.most is None and 0 not in one.values


def _branches(leading: Criterion) -> tuple[Condition, ...]:
    return tuple(
        Criterion(leading.field, (value,)).condition(f"b{number}")
        for number, value in enumerate(leading.values)
    )

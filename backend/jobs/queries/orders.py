"""The orders that lists offer, and places in them. An index leads along each of them, in both directions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .condition import ALWAYS, Condition, all_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: after (`backwards`: before) the job with these values in the order's columns and id."""

    values: tuple[Any, ...]
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of an order that one index scan walks through: the jobs that it has, and the way it goes.

    `empty`: they have no value to be ordered by.
    """

    condition: Condition
    order: str
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """By these columns, then by id. Empty values come last, whichever way it goes.

    Priorities and statuses are shared by many jobs, so these orders go on by age: there is an index for that.
    """

    columns: tuple[str, ...]
    descending: bool = False
    nullable: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns whose values make a place."""
        return (*self.columns, "id")

    def sql(self, *, backwards: bool = False) -> str:
        """The ORDER BY, or the one that reads the list from its other end."""
        empty = "" if not self.nullable else (" NULLS FIRST" if backwards else " NULLS LAST")
        return self._directed(backwards, empty)

    def beyond(self, place: Place) -> Condition:
        """What comes after a place."""
        legs = [leg.condition for leg in self.legs(place)]
        params = {name: value for one in legs for name, value in one.params.items()}
        return Condition(" OR ".join(f"({one.sql})" for one in legs), params)

    def legs(self, place: Place | None, *, backwards: bool = False) -> list[Leg]:
        """The whole order, or what of it lies beyond a place, in the sequence in which it is read.

        Where the column may be empty there are two: an index keeps the empty ones at one end, which is the
        wrong one half of the time.
        """
        if place is not None:
            backwards = place.backwards
        if not self.nullable:
            return [self._leg(place, backwards, empty=None)]
        filled, empty = self._leg(None, backwards, empty=False), self._leg(None, backwards, empty=True)
        if place is None:
            return [empty, filled] if backwards else [filled, empty]
        if place.values[0] is None:
            rest = [filled] if backwards else []
            return [self._leg(place, backwards, empty=True), *rest]
        rest = [] if backwards else [empty]
        return [self._leg(place, backwards, empty=False), *rest]

    def _leg(self, place: Place | None, backwards: bool, *, empty: bool | None) -> Leg:
        kept = ALWAYS
        if empty is not None:
            kept = Condition(f"job.{self.columns[0]} IS {'NULL' if empty else 'NOT NULL'}")
        keys = self.keys[-1:] if empty else self.keys
        beyond = ALWAYS if place is None else self._compared(place, backwards, keys)
        return Leg(all_of([kept, beyond]), self._directed(backwards), empty=bool(empty))

    def _compared(self, place: Place, backwards: bool, keys: Sequence[str]) -> Condition:
        """Rows are compared as a whole, so that the index leads straight to the place."""
        values = place.values[-len(keys) :]
        params = {f"place_{key}": value for key, value in zip(keys, values, strict=True)}
        sign = "<" if self.descending is not backwards else ">"
        columns = ", ".join(f"job.{key}" for key in keys)
        named = ", ".join(f"%(place_{key})s" for key in keys)
        return Condition(f"({columns}) {sign} ({named})", params)

    def _directed(self, backwards: bool, empty: str = "") -> str:
        direction = "DESC" if self.descending is not backwards else "ASC"
        return ", ".join(f"job.{key} {direction}{empty}" for key in self.keys)


_COLUMNS = {
    "id": (),
    "created_at": ("created_at",),
    "priority": ("priority", "created_at"),
    "status": ("status", "created_at"),
    "name": ("name",),
    "started_at": ("started_at",),
    "completed_at": ("completed_at",),
    "duration": ("duration",),
}
NULLABLE = frozenset({"started_at", "completed_at", "duration"})

# There is none by `updated_at`: an index on what every report of progress writes would make each of them
# write to all indexes.
ORDERS: dict[str, Order] = {
    f"{sign}{name}": Order(columns, descending=bool(sign), nullable=name in NULLABLE)
    for name, columns in _COLUMNS.items()
    for sign in ("", "-")
}
DEFAULT_ORDER = "-created_at"

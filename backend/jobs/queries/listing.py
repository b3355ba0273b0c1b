"""Lists of jobs: those that meet a condition, in an order, from a place on; every page costs the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..sql import fetch
from .condition import Condition, all_of
from .rows import COLUMNS, SOURCE, JobJSON, jobs_json


@dataclass(frozen=True, slots=True)
class Order:
    """By these columns, then by id. Empty values come last, whichever way it goes.

    Priorities and statuses are shared by many jobs, so these orders go on by age: there is an index for that.
    """

    columns: tuple[str, ...]
    descending: bool = False
    nullable: bool = False

    def sql(self, *, reverse: bool = False) -> str:
        """The ORDER BY, or the one that reads the list from its other end."""
        down = self.descending is not reverse
        direction = "DESC" if down else "ASC"
        empty = "" if not self.nullable else (" NULLS FIRST" if reverse else " NULLS LAST")
        return ", ".join(f"job.{column} {direction}{empty}" for column in (*self.columns, "id"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: after (`backwards`: before) the job with these values in the order's columns and id."""

    values: tuple[Any, ...]
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class JobList:
    """A page. `first` and `last` are the values of its ends, for `Place`; None on an empty page."""

    jobs: list[JobJSON]
    more_before: bool
    more_after: bool
    first: tuple[Any, ...] | None = field(default=None)
    last: tuple[Any, ...] | None = field(default=None)


def list_jobs(
    condition: Condition, order: Order, size: int, *, offset: int = 0, place: Place | None = None
) -> JobList:
    """Jobs that meet `condition`: `size` of them, from `offset` or from `place` on."""
    backwards = place is not None and place.backwards
    conditions = [condition] if place is None else [condition, _beyond(order, place)]
    rows = _select(all_of(conditions), order.sql(reverse=backwards), size + 1, offset)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return JobList(
        jobs=jobs_json(rows),
        more_before=more if backwards else bool(offset or place),
        more_after=bool(place) if backwards else more,
        first=_values(order, rows[:1]),
        last=_values(order, rows[-1:]),
    )


def _select(condition: Condition, order: str, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """Rows of `COLUMNS` that meet a condition. `order` is a constant of ours, as the condition's SQL is."""
    sql = f"""
SELECT {COLUMNS} FROM {SOURCE} WHERE {condition.sql}
ORDER BY {order} LIMIT %(_limit)s OFFSET %(_offset)s"""  # noqa: S608  constants only
    return fetch(sql, {**condition.params, "_limit": limit, "_offset": offset})


def _values(order: Order, rows: Sequence[dict[str, Any]]) -> tuple[Any, ...] | None:
    return tuple(rows[0][column] for column in (*order.columns, "id")) if rows else None


def _beyond(order: Order, place: Place) -> Condition:
    """What comes after a place. Rows are compared as a whole, so that the index leads straight to it."""
    names = [f"_place_{number}" for number in range(len(place.values))]
    params = dict(zip(names, place.values, strict=True))
    sign = "<" if order.descending is not place.backwards else ">"
    columns = ", ".join(f"job.{column}" for column in (*order.columns, "id"))
    values = ", ".join(f"%({name})s" for name in names)
    after = f"({columns}) {sign} ({values})"
    if not order.nullable:
        return Condition(after, params)
    return Condition(_with_empty_last(order.columns[0], after, sign, place), params)


def _with_empty_last(column: str, after: str, sign: str, place: Place) -> str:
    """The same where the (only) column may be empty, which sorts behind everything."""
    if place.values[0] is None:
        among_empty = f"(job.{column} IS NULL AND job.id {sign} %(_place_1)s)"
        return f"{among_empty} OR job.{column} IS NOT NULL" if place.backwards else among_empty
    return after if place.backwards else f"({after}) OR job.{column} IS NULL"

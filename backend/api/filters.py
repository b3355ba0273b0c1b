"""The filters and orders of a list of jobs, read from the address.

The parameters are those of `jobs.queries.FIELDS`: `status=FAILED` has one of the values, `priority_min` and
`priority_max` are the ends of a range, and those of a time are `created_after` and `created_before`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from django.http import QueryDict

from accounts.models import User
from jobs.counters import Slice
from jobs.queries import (
    BY_AGE,
    DEFAULT_ORDER,
    FIELDS,
    ORDERS,
    Criterion,
    Field,
    Order,
    Selection,
    Values,
    leads_through,
)
from jobs.search.grammar import ME, parse
from jobs.values import one_of

from .params import Params, moment

TRUTHS = ("false", "true")
ARCHIVE_ORDERS = ("id", "created_at", "completed_at")  # it has few indexes: it is large and seldom read
COUNTED = frozenset({"status", "queue", "owner"})  # what the counters tell apart


@dataclass(frozen=True)
class JobFilter:
    """What is asked for: which jobs, in which order. `slice`: where counters know how many."""

    selection: Selection
    ordering: str
    slice: Slice | None

    @cached_property
    def order(self) -> Order:
        """The order by its name.

        By age it is that of the ids, where the index of searches is needed: it leads along these.
        """
        order = ORDERS[self.ordering]
        if order.columns != BY_AGE or leads_through(self.selection, order):
            return order
        return ORDERS[self.ordering.replace("created_at", "id")]


def read_filter(params: Params, user: User) -> JobFilter:
    """Read filters and order; what is wrong is noted in `params`. `user` is who calls himself `me`."""
    filters = (one for name, field in FIELDS.items() for one in _criteria(params, name, field, user))
    searched = params.optional("q", lambda query: parse(query, user.username))
    criteria = (*filters, *(searched or ()))
    archived = params.read("archived", one_of(TRUTHS), "false") == "true"
    ordering = params.read("ordering", one_of(ORDERS), DEFAULT_ORDER)
    if archived and ordering.removeprefix("-") not in ARCHIVE_ORDERS:
        params.refuse("ordering", "The archive has no such order.", f"Possible: {', '.join(ARCHIVE_ORDERS)}.")
    counted = None if archived else _counted(criteria)
    return JobFilter(Selection(criteria, archived), ordering, counted)


def range_names(name: str, field: Field) -> tuple[str, str]:
    """The parameters of the lower and the upper end of a range."""
    stem, lower, upper = (
        (name.removesuffix("_at"), "after", "before") if field.half_open else (name, "min", "max")
    )
    return f"{stem}_{lower}", f"{stem}_{upper}"


@cache
def known_parameters(*more: str) -> frozenset[str]:
    """Every name that a list takes."""
    listed = {name for name, field in FIELDS.items() if field.listed}
    ends = {end for name, field in FIELDS.items() if field.ranged for end in range_names(name, field)}
    return frozenset({*listed, *ends, "q", "archived", "ordering", *more})


_LISTED = frozenset(name for name, field in FIELDS.items() if field.listed)


def list_params(query: QueryDict, *more: str) -> Params:
    """The parameters of a list of jobs."""
    return Params(query, known_parameters(*more), _LISTED)


def commas_separate(field: Field) -> bool:
    """Whether several values may stand in one parameter: where no value has a comma."""
    return field.kind in (Values.WORD, Values.WHOLE, Values.SPAN)


def _criteria(params: Params, name: str, field: Field, user: User) -> Iterable[Criterion]:
    if name in _LISTED:
        values = params.several(name, field.read, commas=commas_separate(field))
        if name == "owner":
            values = [user.username if value == ME else value for value in values]
        yield from _having(name, tuple(sorted(set(values))))
    if field.ranged:
        read = moment if field.half_open else field.read
        least, most = (params.optional(end, read) for end in range_names(name, field))
        if least is not None or most is not None:
            yield Criterion(name, least=least, most=most)


def _having(name: str, values: tuple[object, ...]) -> Iterable[Criterion]:
    """Any of the values; of tags every one, because a job has several."""
    if name == "tag":
        yield from (Criterion(name, (value,)) for value in values)
    elif values:
        yield Criterion(name, values)


def _counted(criteria: Sequence[Criterion]) -> Slice | None:
    given = {one.field: one.values for one in criteria if not one.negated}
    queues, owners = given.get("queue", ()), given.get("owner", ())
    if len(given) < len(criteria) or set(given) - COUNTED or max(len(queues), len(owners)) > 1:
        return None
    return Slice(given.get("status", ()), *(values[0] if values else None for values in (queues, owners)))

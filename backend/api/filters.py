"""The filters and orders of a list of jobs, read from the address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from jobs import limits
from jobs.counters import Slice
from jobs.queries import Condition, Order, all_of
from jobs.states import Kind, Status

from . import bounds
from .params import Params, moment, one_of, text, whole

ORDERS: dict[str, Order] = {}
for _column in ("id", "created_at", "updated_at", "priority", "name", "status", "started_at", "completed_at"):
    _by_age = ("created_at",) if _column in ("priority", "status") else ()
    _columns = () if _column == "id" else (_column, *_by_age)
    _nullable = _column in ("started_at", "completed_at")
    ORDERS[_column] = Order(_columns, nullable=_nullable)
    ORDERS[f"-{_column}"] = Order(_columns, descending=True, nullable=_nullable)
DEFAULT_ORDER = "-created_at"

# name -> (how to read it, what it asks for). `%` and `_` in a name stand for themselves.
_SINGLE: dict[str, tuple[Callable[[str], Any], str]] = {
    "name": (
        text(limits.LONGEST_NAME),
        r"job.name ILIKE '%%' || regexp_replace(%(name)s, '([\\%%_])', '\\\1', 'g') || '%%'",
    ),
    "priority": (whole(*limits.PRIORITY), "job.priority = %(priority)s"),
    "priority_min": (whole(*limits.PRIORITY), "job.priority >= %(priority_min)s"),
    "priority_max": (whole(*limits.PRIORITY), "job.priority <= %(priority_max)s"),
    "queue": (text(limits.LONGEST_QUEUE), "job.queue = %(queue)s"),
    "owner": (
        text(bounds.LONGEST_USERNAME),
        "job.owner_id = (SELECT id FROM accounts_user WHERE username = %(owner)s)",
    ),
    "created_after": (moment, "job.created_at >= %(created_after)s"),
    "created_before": (moment, "job.created_at < %(created_before)s"),
    "kind": (one_of(Kind), "(job.command <> '') = (%(kind)s = 'run')"),
}
NAMES = frozenset({*_SINGLE, "status", "tag"})
COUNTED = frozenset({"status", "queue", "owner"})  # what the counters tell apart
REPEATABLE = frozenset({"status", "tag"})


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What is asked for. `given`: the values by name, for cursors. `slice`: where counters know how many."""

    condition: Condition
    order: Order
    given: dict[str, Any]
    slice: Slice | None


def read_filter(params: Params) -> JobFilter:
    """Read filters and order; what is wrong is noted in `params`."""
    values = {name: params.optional(name, parse) for name, (parse, _) in _SINGLE.items()}
    given: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    statuses = sorted(params.several("status", one_of(Status), commas=True))
    tags = sorted(params.several("tag", text(limits.LONGEST_TAG)))
    conditions = [Condition(_SINGLE[name][1], {name: value}) for name, value in given.items()]
    if statuses:
        conditions.append(_in_statuses(statuses))
        given["status"] = statuses
    if tags:
        conditions.append(Condition("job.tags @> %(tags)s::varchar[]", {"tags": tags}))
        given["tag"] = tags
    ordering = params.read("ordering", one_of(ORDERS), DEFAULT_ORDER)
    counted = None if set(given) - COUNTED else Slice(tuple(statuses), given.get("queue"), given.get("owner"))
    return JobFilter(all_of(conditions), ORDERS[ordering], {**given, "ordering": ordering}, counted)


def _in_statuses(statuses: list[str]) -> Condition:
    """One status is compared as such: its index is then in the order of age."""
    if len(statuses) == 1:
        return Condition("job.status = %(status)s", {"status": statuses[0]})
    return Condition("job.status = ANY(%(status)s)", {"status": statuses})


def known_parameters(*more: str) -> set[str]:
    """Every name that a list takes."""
    return {*NAMES, "ordering", *more}


def list_params(query: QueryDict, *more: str) -> Params:
    """The parameters of a list of jobs."""
    return Params(query, known_parameters(*more), REPEATABLE)

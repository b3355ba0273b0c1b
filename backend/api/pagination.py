"""Pages by number for the first rows, cursors for any depth."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.core import signing
from django.http import HttpRequest

from accounts.models import User
from jobs.counters import totals
from jobs.errors import BadCursor, PageTooDeep
from jobs.permissions import for_person, visible_to
from jobs.queries import Condition, Count, JobList, Place, all_of, count_jobs, list_jobs
from jobs.values import text, whole

from . import bounds
from .filters import JobFilter
from .params import Params

_signer = signing.Signer(salt="jobs.list")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for. With a `place` the number means nothing."""

    size: int
    number: int = 1
    place: Place | None = None


def read_page(params: Params, filters: JobFilter) -> PageRequest:
    """Read page, size and cursor; what is wrong is noted in `params`, a forged cursor is refused at once."""
    size = params.read("size", whole(*bounds.PAGE_SIZE), bounds.DEFAULT_PAGE_SIZE)
    number = params.optional("page", whole(1, 2**31 - 1))
    cursor = params.optional("cursor", text(bounds.LONGEST_CURSOR))
    if cursor is None:
        if number is not None and number * size > bounds.DEEPEST_ROW:
            raise PageTooDeep
        return PageRequest(size, number or 1)
    if number is not None:
        params.refuse("page", "A page number and a cursor cannot be combined.", "Leave one of them out.")
    return PageRequest(size, place=decode_cursor(cursor, filters))


def job_page(filters: JobFilter, user: User, wanted: PageRequest, asked: HttpRequest) -> dict[str, Any]:
    """The answer to a person: the jobs, how many there are, and where to go on.

    :param asked: the request, whose address the links repeat.
    """
    condition = all_of([visible_to(user), filters.selection.condition()])
    offset = (wanted.number - 1) * wanted.size
    found = list_jobs(condition, filters.order, wanted.size, offset=offset, place=wanted.place)
    count = _count(filters, condition, offset + len(found.jobs) + found.more_after)
    links = _Links(filters, wanted, asked)
    return {
        "count": count.value,
        "count_kind": count.kind,
        "next": links.next(found),
        "previous": links.previous(found),
        "next_cursor": links.next_cursor(found),
        "results": [for_person(user, job) for job in found.jobs],
    }


def _count(filters: JobFilter, condition: Condition, known: int) -> Count:
    if filters.slice is not None:
        return Count(totals(filters.slice).total, "exact")
    return count_jobs(condition, known=known)


class _Links:
    """The addresses of the neighbouring pages."""

    def __init__(self, filters: JobFilter, wanted: PageRequest, asked: HttpRequest) -> None:
        self._filters = filters
        self._wanted = wanted
        self._asked = asked

    def next_cursor(self, found: JobList) -> str | None:
        return encode_cursor(self._filters, found.last) if found.last and found.more_after else None

    def next(self, found: JobList) -> str | None:
        """By number as long as numbers reach, by cursor after that."""
        cursor = self.next_cursor(found)
        following = self._wanted.number + 1
        if cursor is None:
            return None
        if self._wanted.place is None and following * self._wanted.size <= bounds.DEEPEST_ROW:
            return self._link({"page": following})
        return self._link({"cursor": cursor})

    def previous(self, found: JobList) -> str | None:
        if self._wanted.place is None:
            return self._link({"page": self._wanted.number - 1}) if self._wanted.number > 1 else None
        if found.first is None or not found.more_before:
            return None
        return self._link({"cursor": encode_cursor(self._filters, found.first, backwards=True)})

    def _link(self, where: Mapping[str, object]) -> str:
        query = self._asked.GET.copy()
        for name in ("page", "cursor"):
            query.pop(name, None)
        for name, value in {"size": self._wanted.size, **where}.items():
            query[name] = str(value)
        return f"{self._asked.path}?{query.urlencode()}"


# --- cursors ------------------------------------------------------------------------------------------
# A cursor names the last row of a page by its values in the order's columns: the next page is then found by
# index at any depth. It is signed, and holds for one filter and order only.


def encode_cursor(filters: JobFilter, values: tuple[Any, ...], *, backwards: bool = False) -> str:
    """The cursor of a place in this list."""
    plain = [_plain_value(value) for value in values]
    return _signer.sign_object([_digest(filters), int(backwards), plain])


def decode_cursor(cursor: str, filters: JobFilter) -> Place:
    """The place that a cursor names. Raises `BadCursor` unless this very list gave it out."""
    try:
        digest, backwards, values = _signer.unsign_object(cursor)
    except (signing.BadSignature, ValueError):
        raise BadCursor.field("cursor", "This cursor is not valid.") from None
    if digest != _digest(filters):
        raise BadCursor.field("cursor", "This cursor belongs to a different filter or ordering.")
    columns = (*filters.order.columns, "id")
    return Place(tuple(map(_typed, columns, values)), bool(backwards))


def _digest(filters: JobFilter) -> str:
    return hashlib.sha256(orjson.dumps([filters.selection.plain(), filters.ordering])).hexdigest()[:16]


def _plain_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _typed(column: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if column.endswith("_at") and value is not None else value

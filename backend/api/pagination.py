"""Pages by number for the first rows, cursors for any depth."""

import hashlib
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from django.core import signing
from django.http import HttpRequest

from accounts.models import User
from jobs import counters
from jobs.errors import BadCursor, PageTooDeep
from jobs.permissions import all_for_person, visible_to
from jobs.queries import Condition, Count, JobList, Place, list_jobs, made_at
from jobs.search.source import SearchIndex
from jobs.sql import in_archive
from jobs.values import text, whole

from . import bounds
from .filters import JobFilter
from .params import Params

_signer = signing.Signer(salt="jobs.list")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for. With a `place` the number means nothing; `counted` jobs are known by then."""

    size: int
    number: int = 1
    place: Place | None = None
    counted: int = 0

    @property
    def offset(self) -> int:
        """How many rows come before it, by its number."""
        return (self.number - 1) * self.size


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: its body, and its headers."""

    body: dict[str, Any]
    headers: dict[str, str]


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
    place, counted = decode_cursor(cursor, filters)
    return PageRequest(size, place=place, counted=counted)


def job_page(filters: JobFilter, user: User, wanted: PageRequest, asked: HttpRequest) -> Page:
    """The answer to a person: the jobs, how many there are, and where to go on.

    :param asked: the request, whose address the links repeat.
    :raises PageTooDeep: so far along the list nothing could be found in time.
    """
    with in_archive() if filters.selection.archived else nullcontext():
        return _job_page(filters, user, wanted, asked)


def _job_page(filters: JobFilter, user: User, wanted: PageRequest, asked: HttpRequest) -> Page:
    part = filters.slice
    found = list_jobs(
        filters.selection,
        filters.order,
        wanted.size,
        visible=visible_to(user),
        offset=wanted.offset,
        place=wanted.place,
        counted=wanted.counted,
        count=None if part is None else Condition(counters.count_sql(part), part.params()),
        source=SearchIndex(),
    )
    if found.until is not None and wanted.offset and not found.jobs:
        raise PageTooDeep("With this filter, that many jobs cannot be found at once.")
    links = _Links(filters, wanted, found, asked)
    body = {
        "count": found.count.value,
        "count_kind": found.count.kind,
        "next": links.next,
        "previous": links.previous,
        "next_cursor": links.next_cursor,
        "searched_until": _searched_until(filters, found),
        "results": all_for_person(user, found.jobs),
    }
    return Page(body, {"Link": links.header()})


def _searched_until(filters: JobFilter, found: JobList) -> dict[str, Any] | None:
    """Where the search for this page had to stop: the job there, and its value in the ordering."""
    if found.until is None:
        return None
    by_age = filters.ordering.endswith("created_at")
    value = made_at(found.until[-1]) if by_age and filters.order.columns == () else found.until[0]
    return {"id": found.until[-1], "value": value}


class _Links:
    """The addresses of the neighbouring pages: the request's own, with another place."""

    def __init__(self, filters: JobFilter, wanted: PageRequest, found: JobList, asked: HttpRequest) -> None:
        self._filters = filters
        self._wanted = wanted
        self._found = found
        query = asked.GET.copy()
        for name in ("page", "cursor"):
            query.pop(name, None)
        query["size"] = str(wanted.size)
        self._list = f"{asked.path}?{query.urlencode()}"
        self.next_cursor = self._cursor(found.after)
        self.next = self._next()
        self.previous = self._previous()

    def header(self) -> str:
        """All of them, as RFC 8288 has it."""
        links = {"first": self._list, "prev": self.previous, "next": self.next}
        return ", ".join(f'<{link}>; rel="{name}"' for name, link in links.items() if link)

    def _cursor(self, values: tuple[Any, ...] | None, *, backwards: bool = False) -> str | None:
        if values is None:
            return None
        return encode_cursor(self._filters, values, self._found.count, backwards=backwards)

    def _next(self) -> str | None:
        """By number as long as numbers reach, by cursor after that, and where a search stopped."""
        following = self._wanted.number + 1
        if self.next_cursor is None:
            return None
        by_number = self._wanted.place is None and self._found.until is None
        if by_number and following * self._wanted.size <= bounds.DEEPEST_ROW:
            return self._link("page", following)
        return self._link("cursor", self.next_cursor)

    def _previous(self) -> str | None:
        if self._wanted.place is None:
            return self._link("page", self._wanted.number - 1) if self._wanted.number > 1 else None
        cursor = self._cursor(self._found.before, backwards=True)
        return None if cursor is None else self._link("cursor", cursor)

    def _link(self, name: str, where: int | str) -> str:
        return f"{self._list}&{urlencode({name: where})}"


# --- cursors ------------------------------------------------------------------------------------------
# A cursor names a row by its values in the order's columns: the next page is then found by index at any
# depth. It is signed, and holds for one filter and order only.


def encode_cursor(
    filters: JobFilter, values: tuple[Any, ...], count: Count, *, backwards: bool = False
) -> str:
    """The cursor of a place in this list, of which so many jobs are known."""
    plain = [_plain_value(value) for value in values]
    return _signer.sign_object([_digest(filters), int(backwards), plain, count.value])


def decode_cursor(cursor: str, filters: JobFilter) -> tuple[Place, int]:
    """The place that a cursor names, and how many jobs were known.

    :raises BadCursor: unless this very list gave it out.
    """
    try:
        digest, backwards, values, counted = _signer.unsign_object(cursor)
    except (signing.BadSignature, ValueError):
        raise BadCursor.field("cursor", "This cursor is not valid.") from None
    if digest != _digest(filters):
        raise BadCursor.field("cursor", "This cursor belongs to a different filter or ordering.")
    return Place(tuple(map(_typed, filters.order.keys, values)), bool(backwards)), counted


def _digest(filters: JobFilter) -> str:
    given = [filters.selection.plain(), filters.ordering, filters.order.keys]
    return hashlib.sha256(orjson.dumps(given)).hexdigest()[:16]


def _plain_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _typed(column: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if column.endswith("_at") and value is not None else value

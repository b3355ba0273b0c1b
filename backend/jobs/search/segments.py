"""Segments: what the jobs of a shelf were found by when they were read, written once and never changed."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from math import inf
from operator import attrgetter, itemgetter
from typing import Any, cast

import psycopg
from django.db import connection

from ..sql import ARCHIVE, fetch_tuples
from .blocks import MEMBERS, SHELF, Block, write
from .terms import COLUMNS, TIMES, Indexed, Postings

TABLES = ("jobs_job", f"{ARCHIVE}.jobs_job")
"""Where jobs are, whatever their age."""

_READ_AT_ONCE = 4096  # ids
_SPAN = 1024  # ids that share a span of times

_READ = " UNION ALL ".join(
    f"SELECT {COLUMNS} FROM {table} AS job WHERE {{which}}"  # noqa: S608  constants only
    for table in TABLES
)


@dataclass(frozen=True, slots=True)
class Part:
    """Ids of one shelf to be indexed: a stretch of it, or just some."""

    shelf: int
    first: int
    last: int
    ids: tuple[int, ...] = ()

    @classmethod
    def whole(cls, shelf: int, upto: int) -> "Part":
        """All of a shelf, up to an id."""
        return cls(shelf, shelf * SHELF, min(upto, shelf * SHELF + SHELF - 1))

    @classmethod
    def some(cls, shelf: int, ids: Iterable[int]) -> "Part":
        """Just these ids, whether they are there or not."""
        return cls(shelf, 0, -1, tuple(ids))


def build(part: Part) -> int:
    """Index a part as this transaction sees it; the new segment's id. Nothing leads to ids that are gone."""
    postings = Postings()
    spans = Spans()
    members = set(part.ids)
    start = part.shelf * SHELF
    for jobs in _read(part):
        spans.add(start, jobs)
        members.update(job.id for job in jobs)
        for job in jobs:
            postings.add(job.id - start, job)
    lists = postings.lists() | {MEMBERS: sorted(one - start for one in members)}
    return _store(part.shelf, len(members), spans, write(lists))


def remove(segments: Iterable[int]) -> None:
    """Take segments away with their blocks."""
    ids = list(segments)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_searchblock WHERE segment_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM jobs_searchsegment WHERE id = ANY(%s)", [ids])


class Spans:
    """From when to when the jobs of each thousand ids were created, started and completed."""

    def __init__(self, stored: bytes = b"") -> None:
        self._ends = array("d", stored) if stored else array("d", (inf, -inf) * (len(TIMES) * SHELF // _SPAN))

    def add(self, start: int, jobs: Iterable[Indexed]) -> None:
        """Widen the spans to take in jobs of the shelf that starts there, in the order of their ids."""
        for span, some in groupby(jobs, lambda job: (job.id - start) // _SPAN):
            rows = list(some)
            for number, time in enumerate(_TIMES):
                self._widen(self._place(number, span), [at for row in rows if (at := time(row)) is not None])

    def _widen(self, place: int, times: list[float]) -> None:
        if times:
            self._ends[place] = min(self._ends[place], *times)
            self._ends[place + 1] = max(self._ends[place + 1], *times)

    def within(self, number: int, least: float, most: float) -> int:
        """The offsets, as a number's bits, of which some may be in that range of a time of `TIMES`."""
        found = 0
        for span in range(SHELF // _SPAN):
            place = self._place(number, span)
            if self._ends[place] <= most and self._ends[place + 1] >= least:
                found |= _WHOLE_SPAN << (span * _SPAN)
        return found

    def stored(self) -> bytes:
        """As bytes, to be read back."""
        return self._ends.tobytes()

    @staticmethod
    def _place(number: int, span: int) -> int:
        return 2 * (number * (SHELF // _SPAN) + span)


_WHOLE_SPAN = (1 << _SPAN) - 1
_TIMES = tuple(attrgetter(name) for name in TIMES)


def _read(part: Part) -> Iterator[list[Indexed]]:
    """The jobs of a part in the order of their ids, some thousands at a time."""
    if part.ids:
        yield _jobs("job.id = ANY(%(ids)s)", {"ids": list(part.ids)})
        return
    for first in range(part.first, part.last + 1, _READ_AT_ONCE):
        last = min(first + _READ_AT_ONCE - 1, part.last)
        yield _jobs("job.id BETWEEN %(first)s AND %(last)s", {"first": first, "last": last})


def _jobs(which: str, params: Mapping[str, Any]) -> list[Indexed]:
    rows = fetch_tuples(_READ.format(which=which), params)
    return [Indexed._make(row) for row in sorted(rows, key=itemgetter(0))]


def _store(shelf: int, jobs: int, spans: Spans, blocks: Iterable[Block]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_searchsegment (shelf, jobs, spans) VALUES (%s, %s, %s) RETURNING id",
            [shelf, jobs, spans.stored()],
        )
        segment = int(cursor.fetchone()[0])
        with cast(psycopg.Cursor, cursor.cursor).copy(
            "COPY jobs_searchblock (segment_id, first, following, data) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.set_types(["int8", "bytea", "bytea", "bytea"])
            for block in blocks:
                copy.write_row((segment, block.first, block.following, block.data))
    return segment

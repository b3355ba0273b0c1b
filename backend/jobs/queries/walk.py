"""Finding jobs by walking along an order's index, slice by slice, until a page is full or the time is up.

Every slice is bounded, and grows or shrinks with the time that the last one took: what a filter leaves of it
does not matter. So a filter that nearly nothing meets costs what the budget allows, and the walk can go on
from where it stopped.
"""

import time
from dataclasses import dataclass, field
from typing import Any

from ..sql import fetch_tuples
from .budget import COUNT_MILLISECONDS, Budget, OutOfTime
from .condition import Condition
from .orders import Leg, Place
from .paths import Asked, Path
from .rows import COLUMNS, SOURCE, WIDTH, Row

SMALLEST_SLICE, MOST_AT_FIRST, LARGEST_SLICE = 200, 2000, 20_000  # jobs
SLICE_MILLISECONDS = 12.0
FASTEST_GROWTH = 4.0
NEAR = 4000  # jobs: walked through in less time than it takes to gather all of some thousand
MOST_COUNTED = 10_000
_UNKNOWN = Condition("NULL")

# The rows of the jobs that were met are read on the way, each by its id: OFFSET keeps them in the order.
_SLICE = f"""
WITH slice AS MATERIALIZED ({{slice}})
SELECT {{keys}}, NULL::bigint, NULL::bigint, NULL::bigint, read.*
FROM (SELECT * FROM slice WHERE met OFFSET %(skip)s LIMIT %(limit)s) AS hit
CROSS JOIN LATERAL (SELECT {COLUMNS} FROM {SOURCE} WHERE job.id = hit.id OFFSET 0) AS read
UNION ALL
SELECT {{last_keys}}, walked, hits, {{total}}, {", ".join(["NULL"] * WIDTH)}
FROM (SELECT count(*) AS walked, count(*) FILTER (WHERE met) AS hits FROM slice) AS counted
LEFT JOIN LATERAL (SELECT * FROM slice OFFSET greatest(walked - 1, 0) LIMIT 1) AS last ON true"""  # noqa: S608  constants only


@dataclass(slots=True)
class Found:
    """What a walk has found: the keys of jobs, in the order of the walk, and how many it has come past.

    `walked`: so many were looked at, and `counted` of them are of the selection. `ended`: there is no more.
    `until`: the keys of the last job that was looked at; None before the first. `rows` has those of the jobs
    that were read on the way, by id. `total`: the number that was to be read too.
    """

    hits: list[tuple[Any, ...]] = field(default_factory=list)
    counted: int = 0
    walked: int = 0
    ended: bool = False
    until: tuple[Any, ...] | None = None
    rows: dict[int, Row] = field(default_factory=dict)
    total: int | None = None

    def meet(self, hits: list[tuple[Any, ...]], asked: Asked) -> None:
        """Note more jobs: those of the page that is asked for are kept, all are counted."""
        past = min(max(asked.offset - self.counted, 0), len(hits))
        self.counted += len(hits)
        self.hits += hits[past : past + asked.wanted - len(self.hits)]

    def worth_counting(self, budget: Budget) -> bool:
        """Whether to go on only to count."""
        return not self.ended and self.counted <= MOST_COUNTED and budget.used < COUNT_MILLISECONDS


class Walk:
    """One walk along a path: `take` finds jobs, `count` goes on only to count them."""

    def __init__(self, path: Path, asked: Asked, budget: Budget, total: Condition | None = None) -> None:
        """`total`: SQL of a number that the first slice is to read too."""
        self._path = path
        self._total = total
        self._order = asked.order
        self._backwards = asked.place is not None and asked.place.backwards
        self._legs = asked.order.legs(asked.place)
        self._skip = asked.offset
        self._budget = budget
        self._length = 0
        self.found = Found()

    def take(self, wanted: int, *, slices: int | None = None) -> bool:
        """Walk until `wanted` jobs are found, the order has ended, or so many slices; whether it is done."""
        while not self._done(wanted) and slices != 0:
            if not self._step(wanted - len(self.found.hits)):
                break
            slices = None if slices is None else slices - 1
        return self._done(wanted)

    def nearly(self, wanted: int) -> bool:
        """Whether a few more slices will find `wanted` jobs, by the share of those that were looked at."""
        missing = self._skip + wanted - len(self.found.hits)
        return missing * self.found.walked <= NEAR * self.found.counted

    def count(self) -> None:
        """Go on past what is wanted, for as long as a count is worth."""
        while self.found.worth_counting(self._budget):
            if not self._step(0, most=COUNT_MILLISECONDS - self._budget.used):
                break

    def _done(self, wanted: int) -> bool:
        return self.found.ended or len(self.found.hits) >= wanted

    def _step(self, wanted: int, most: float | None = None) -> bool:
        """Walk through one more slice; False when there was no time for it."""
        length = self._next_length(wanted)
        began = time.perf_counter()
        try:
            rows = self._slice(self._legs[0], length, wanted, most)
        except OutOfTime:
            return False
        self._note(rows, length)
        took = (time.perf_counter() - began) * 1000
        pace = min(FASTEST_GROWTH, SLICE_MILLISECONDS / max(took, 0.1))
        self._length = max(SMALLEST_SLICE, min(LARGEST_SLICE, int(length * pace)))
        return True

    def _next_length(self, wanted: int) -> int:
        if self._length:
            return self._length
        exact = self._skip + wanted
        return exact if self._path.whole else max(SMALLEST_SLICE, min(exact * 2, MOST_AT_FIRST))

    def _slice(self, leg: Leg, length: int, wanted: int, most: float | None) -> list[tuple[Any, ...]]:
        keys = self._order.keys
        walked = self._path.slice(self._order, leg, "%(length)s")
        total, self._total = self._total or _UNKNOWN, None
        sql = _SLICE.format(
            slice=walked.sql,
            keys=", ".join(f"hit.{key}" for key in keys),
            last_keys=", ".join(f"last.{key}" for key in keys),
            total=total.sql,
        )
        params = {**walked.params, **total.params, "length": length, "skip": self._skip, "limit": wanted}
        if self.found.until is None:  # it is small, and without it nobody could say from where to go on
            return fetch_tuples(sql, params)
        return self._budget.fetch(sql, params, most)

    def _note(self, rows: list[tuple[Any, ...]], length: int) -> None:
        found, width = self.found, len(self._order.keys)
        *last, walked, hits, total = rows.pop()[: width + 3]
        found.hits += [row[:width] for row in rows]
        found.rows |= {row[width - 1]: row[width + 3 :] for row in rows}
        found.total = found.total if total is None else total
        found.counted += hits
        found.walked += walked
        self._skip -= min(self._skip, hits)
        if walked:
            found.until = tuple(last)
        if walked == length:
            self._legs[0] = self._order.legs(Place(tuple(last), self._backwards))[0]
        else:
            del self._legs[0]
        found.ended = not self._legs

"""Lists of jobs: those of a selection, in an order, from a place on.

They are found by the way that costs least. What is found in whatever way is the same: the ways differ in how
far they get within the budget of a request. Mostly one statement has the page: the keys, their rows and the
count.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ..sql import fetch_tuples
from .budget import Budget
from .candidates import CandidateSource, pick
from .condition import ALWAYS, Condition
from .criteria import TEXT, Selection
from .gather import gather
from .orders import Order, Place
from .paths import Asked, path_for
from .rows import JobJSON, Row, jobs_json, rows_by_ids
from .walk import MOST_COUNTED, Found, Walk

MOST_SLICES_NEAR = 4  # what seemed near may lie further on: then all of them are gathered after all


@dataclass(frozen=True, slots=True)
class Count:
    """A number, and whether it is that many or at least that many."""

    value: int
    kind: Literal["exact", "at_least"]


@dataclass(frozen=True, slots=True)
class JobList:
    """A page.

    `before` and `after` are the keys from which to go on either way; None where there is nothing. `until`:
    the time was up before the page was full, and these are the keys of the last job that was looked at.
    `count` is of the whole list.
    """

    jobs: list[JobJSON]
    before: tuple[Any, ...] | None
    after: tuple[Any, ...] | None
    until: tuple[Any, ...] | None
    count: Count


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of a page as they were read, one more than a page where there are more; some of their rows."""

    hits: list[tuple[Any, ...]]
    until: tuple[Any, ...] | None
    count: Count
    rows: dict[int, Row]


def list_jobs(
    selection: Selection,
    order: Order,
    size: int,
    *,
    visible: Condition = ALWAYS,
    offset: int = 0,
    place: Place | None = None,
    source: CandidateSource | None = None,
    counted: int = 0,
    count: Condition | None = None,
) -> JobList:
    """Jobs of a selection: `size` of them, from `offset` or from `place` on.

    :param visible: which jobs may be shown at all.
    :param source: names candidates. Along an order by id they are looked through until a page is full; along
        any other where they are few.
    :param counted: so many are known to be there at least.
    :param count: SQL of the number of all of them, where something knows it.
    """
    asked = Asked(selection, order, size + 1, offset, place, visible)
    keys = _find(asked, source if order.columns == () else None, count)
    more = len(keys.hits) > size
    hits = keys.hits[:size]
    on = hits[-1] if more else keys.until
    back = hits[0] if hits else keys.until
    if place is not None and place.backwards:
        hits.reverse()
        on, back = back, on
    if place is None:
        back = back if offset else None
    elif place.backwards:
        on = on or place.values
    else:
        back = back or place.values
    known = max(counted, keys.count.value, offset + len(keys.hits))
    return JobList(
        jobs=_jobs([hit[-1] for hit in hits], keys.rows),
        before=back,
        after=on,
        until=None if more else keys.until,
        count=keys.count if keys.count.kind == "exact" else Count(known, "at_least"),
    )


def _jobs(ids: list[int], rows: dict[int, Row]) -> list[JobJSON]:
    missing = [job_id for job_id in ids if job_id not in rows]
    if missing:
        rows = {**rows, **rows_by_ids(missing)}
    return jobs_json([rows[job_id] for job_id in ids if job_id in rows])


def _find(asked: Asked, source: CandidateSource | None, known: Condition | None) -> _Keys:
    """The keys of a page: off the first slices if these have it, all at once if they are few.

    Else among candidates, where a source names some, or by walking on. What words are in is not worth the
    walk: whoever looks for some mostly looks for few jobs.
    """
    budget, counting = Budget(), known is None and asked.place is None
    if source is None or not any(one.field == TEXT for one in asked.selection.criteria):
        path = path_for(asked)
        walk = Walk(path, asked, budget, known)
        found = walk.found
        done = walk.take(asked.wanted, slices=None if path.whole else 1)
        if not done and walk.nearly(asked.wanted):
            done = walk.take(asked.wanted, slices=MOST_SLICES_NEAR)
        if not done:
            gathered = gather(asked, budget)
            if gathered is not None:
                return _Keys(gathered.hits, None, Count(gathered.count, "exact"), found.rows)
            if source is None:
                walk.take(asked.wanted)
        if found.ended or len(found.hits) >= asked.wanted or source is None:
            if counting and len(found.hits) >= asked.wanted:
                walk.count()
            return _keys(found, asked)
    batches = source.candidates(asked.selection, asked.order, asked.place)
    return _keys(pick(batches, asked, budget, counting=counting), asked)


def _keys(found: Found, asked: Asked) -> _Keys:
    done = found.ended or len(found.hits) >= asked.wanted
    count = Count(min(found.counted, MOST_COUNTED), "at_least")
    if found.total is not None:
        count = Count(found.total, "exact")
    elif asked.place is None and found.ended:
        count = Count(found.counted, "exact")
    return _Keys(found.hits, None if done else found.until, count, found.rows)


def made_at(job_id: int) -> datetime | None:
    """When the job of this id was made, or the one before it that is still there; None before the first."""
    rows = fetch_tuples(_MADE_AT, {"job_id": job_id})
    return rows[0][0] if rows else None


_MADE_AT = "SELECT created_at FROM jobs_job WHERE id <= %(job_id)s ORDER BY id DESC LIMIT 1"

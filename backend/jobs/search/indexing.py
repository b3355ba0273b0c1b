"""Keeping the index up to date: new jobs get a segment when they are many, changed ones a newer one.

A shelf's segments lie over one another: each names jobs as they were when it was made, and what they name
together has every job as it is. A shelf with many is built anew as one. Everything is done in small
transactions under a lock, each leaving the index whole, so any number may try and any may be killed.

Jobs up to `reserved_to` have their changes noted by triggers. A stretch of new jobs is first reserved, then
read when whoever wrote before that is done: so none of them is missed, however long its transaction takes.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from .. import failpoints
from ..sql import fetch_tuples
from .blocks import SHELF
from .segments import TABLES, Part, build, remove
from .side_by_side import each

FEWEST_NEW = 1024  # jobs that are worth a segment; fewer are read from the table by each search
FEWEST_TOUCHED = 512  # the same of changed jobs of one shelf
MOST_TOUCHED = 2048  # of all shelves together
MOST_LAYERS = 8  # segments of a shelf
FEWEST_SHELVES = 4  # that are worth more processes
TURN_SECONDS = 2.0
WAIT_SECONDS = 1.0  # for writers to end, before trying again at the next turn

_LOCK = 7_203_003

_FIRST_OF_EACH = " UNION ALL ".join(
    f"(SELECT id FROM {table} WHERE id BETWEEN %(after)s + 1 AND %(upto)s ORDER BY id LIMIT 1)"  # noqa: S608
    for table in TABLES
)
_NEXT = f"SELECT min(id) FROM ({_FIRST_OF_EACH}) AS job"  # noqa: S608  constants only
_NEWEST = "SELECT coalesce(max(id), 0) FROM jobs_job"
_HAVE_MARKS = (
    "INSERT INTO jobs_searchprogress (id, reserved_to, built_to) VALUES (1, 0, 0) ON CONFLICT DO NOTHING"
)
_START_ANEW = f"UPDATE jobs_searchprogress SET built_to = 0, reserved_to = greatest(reserved_to, ({_NEWEST}))"  # noqa: S608
_WRITERS = """
SELECT virtualtransaction FROM pg_locks
WHERE relation = 'jobs_job'::regclass
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  AND granted AND pid <> pg_backend_pid()"""
_TORN = """
SELECT segment.id, segment.shelf FROM jobs_searchsegment AS segment
LEFT JOIN (
    SELECT segment_id, bool_or(first = '') AS begins, bool_and(following = coalesce(next, '')) AS whole
    FROM (SELECT segment_id, first, following,
                 lead(first) OVER (PARTITION BY segment_id ORDER BY first) AS next
          FROM jobs_searchblock) AS block
    GROUP BY segment_id) AS blocks ON blocks.segment_id = segment.id
WHERE (blocks.whole AND blocks.begins) IS NOT TRUE"""

Tell = Callable[[int, int], None]
"""Hears up to which id of how many the index has come."""

log = logging.getLogger(__name__)


def catch_up(seconds: float = TURN_SECONDS) -> bool:
    """Bring the index up to date, for some seconds at most; whether it is."""
    deadline = time.monotonic() + seconds
    with _alone() as alone:
        if not alone:
            return False
        return all(_until(deadline, work) for work in (index_new, index_changed, merge_layers))


def complete(tell: Tell = lambda built, upto: None) -> None:
    """Bring the index up to date, however long it takes."""
    with _alone(wait=True):
        _index_side_by_side(tell)
    while not catch_up():
        tell(*progress()[::-1])


def rebuild(tell: Tell = lambda built, upto: None) -> None:
    """Build the whole index anew. Searches go on."""
    with _alone(wait=True):
        with transaction.atomic():
            _run("TRUNCATE jobs_searchblock, jobs_searchsegment")
            _run(_START_ANEW)
        _index_side_by_side(tell)
        while index_new():
            tell(*progress()[::-1])


def mend() -> None:
    """Build anew what is torn or missing."""
    with _alone() as alone:
        if not alone:
            return
        _, built = progress()
        torn = {shelf for _, shelf in fetch_tuples(_TORN)}
        for shelf in sorted(torn | set(_missing(built))):
            log.warning(
                "The search's index of the jobs from %d on was not whole; it is built anew.", shelf * SHELF
            )
            _build_whole(shelf, built)


def progress() -> tuple[int, int]:
    """Up to which id changes are noted, and up to which jobs are in segments."""
    rows = fetch_tuples("SELECT reserved_to, built_to FROM jobs_searchprogress")
    return rows[0] if rows else (0, 0)


# --- the duties, one step each; under the lock ------------------------------------------------------------


def index_new() -> bool:
    """Give the next stretch of new jobs a segment, if there are enough; whether there may be more."""
    reserved, built = _reserve()
    if reserved <= built or not _writers_are_done():
        return False
    first = fetch_tuples(_NEXT, {"after": built, "upto": reserved})[0][0]
    if first is None:
        _run("UPDATE jobs_searchprogress SET built_to = %s", [reserved])
        return False
    shelf = first // SHELF
    last = min(reserved, shelf * SHELF + SHELF - 1)
    with _snapshot():
        layers = _layers(shelf)
        if len(layers) >= MOST_LAYERS:
            remove(layers)
            part = Part.whole(shelf, last)
        else:
            part = Part(shelf, first, last)
        build(part)
        _forget_touched(part.first, last)
        _run("UPDATE jobs_searchprogress SET built_to = %s", [last])
        failpoints.reach("search.built")
    return True


def _reserve() -> tuple[int, int]:
    """Have a stretch of new jobs reserved if they are enough; the marks."""
    reserved, built = progress()
    newest = fetch_tuples(_NEWEST)[0][0]
    if reserved <= built and newest - built >= FEWEST_NEW:
        _run("UPDATE jobs_searchprogress SET reserved_to = %s", [newest])
        reserved = newest
        failpoints.reach("search.reserved")
    return reserved, built


def _index_side_by_side(tell: Tell) -> None:
    """Give the new jobs of many shelves their segments by several processes; a few are left for `index_new`.

    The mark follows what is built in the order of the ids. A segment beyond it is not looked at, and does no
    harm where this ends early: the next one of these jobs lies over it.
    """
    reserved, built = _reserve()
    if reserved // SHELF - built // SHELF < FEWEST_SHELVES or not _writers_are_done():
        return
    parts = [
        Part(shelf, max(built + 1, shelf * SHELF), min(reserved, shelf * SHELF + SHELF - 1))
        for shelf in _shelves(built, reserved)
    ]
    for part in each(build_new, parts):
        _run("UPDATE jobs_searchprogress SET built_to = %s", [part.last])
        tell(part.last, reserved)


def build_new(part: Part) -> None:
    """Give a part its segment, in a transaction of its own; it is for others to move the mark."""
    with _snapshot():
        build(part)
        _forget_touched(part.first, part.last)


def index_changed() -> bool:
    """Give the changed jobs of the shelf with the most of them a newer segment; whether there may be more."""
    _, built = progress()
    shelves = fetch_tuples(
        "SELECT job_id / %(shelf)s, count(DISTINCT job_id) FROM jobs_searchtouched WHERE job_id <= %(built)s"
        " GROUP BY 1 ORDER BY 2 DESC",
        {"shelf": SHELF, "built": built},
    )
    if not shelves or (
        shelves[0][1] < FEWEST_TOUCHED and sum(touched for _, touched in shelves) < MOST_TOUCHED
    ):
        return False
    shelf = shelves[0][0]
    first, last = shelf * SHELF, min(built, shelf * SHELF + SHELF - 1)
    with _snapshot():
        ids = fetch_tuples(
            "SELECT DISTINCT job_id FROM jobs_searchtouched WHERE job_id BETWEEN %(first)s AND %(last)s",
            {"first": first, "last": last},
        )
        build(Part.some(shelf, (one for (one,) in ids)))
        _forget_touched(first, last)
        failpoints.reach("search.built")
    return True


def merge_layers() -> bool:
    """Build a shelf that has too many segments anew as one; whether there may be another."""
    crowded = fetch_tuples(
        "SELECT shelf FROM jobs_searchsegment GROUP BY shelf HAVING count(*) > %(most)s LIMIT 1",
        {"most": MOST_LAYERS},
    )
    if crowded:
        _build_whole(crowded[0][0], progress()[1])
    return bool(crowded)


def _build_whole(shelf: int, built: int) -> None:
    part = Part.whole(shelf, built)
    with _snapshot():
        remove(_layers(shelf))
        build(part)
        _forget_touched(part.first, part.last)


def _missing(built: int) -> Iterator[int]:
    """The shelves that have jobs and no segment."""
    known = {shelf for (shelf,) in fetch_tuples("SELECT DISTINCT shelf FROM jobs_searchsegment")}
    return (shelf for shelf in _shelves(0, built) if shelf not in known)


def _shelves(after: int, upto: int) -> Iterator[int]:
    """Those that have jobs behind an id, up to another."""
    while (job := fetch_tuples(_NEXT, {"after": after, "upto": upto})[0][0]) is not None:
        yield job // SHELF
        after = job // SHELF * SHELF + SHELF - 1


def _layers(shelf: int) -> list[int]:
    rows = fetch_tuples("SELECT id FROM jobs_searchsegment WHERE shelf = %(shelf)s", {"shelf": shelf})
    return [segment for (segment,) in rows]


def _forget_touched(first: int, last: int) -> None:
    """Those that this transaction saw; whatever is noted meanwhile stays."""
    _run("DELETE FROM jobs_searchtouched WHERE job_id BETWEEN %s AND %s", [first, last])


def _writers_are_done() -> bool:
    """Whether everybody has ended who was writing jobs just now. They may not have seen the mark."""
    deadline = time.monotonic() + WAIT_SECONDS
    before = {one for (one,) in fetch_tuples(_WRITERS)}
    while before:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
        before &= {one for (one,) in fetch_tuples(_WRITERS)}
    return True


def _until(deadline: float, work: Callable[[], bool]) -> bool:
    """Step by step until nothing is left or the time is up; whether nothing is."""
    while work():
        if time.monotonic() > deadline:
            return False
    return True


@contextmanager
def _snapshot() -> Iterator[None]:
    """One transaction that sees the jobs and what is noted of them as of one moment."""
    with transaction.atomic(durable=True):
        _run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def _alone(*, wait: bool = False) -> Iterator[bool]:
    """Held by one session at a time, and let go of when it ends; yields whether it is ours."""
    held = _try_lock()
    while wait and not held:
        time.sleep(0.1)
        held = _try_lock()
    try:
        if held:
            _run(_HAVE_MARKS)  # without them no step would ever come further
        yield held
    finally:
        if held:
            _run("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _try_lock() -> bool:
    return bool(fetch_tuples("SELECT pg_try_advisory_lock(%(lock)s)", {"lock": _LOCK})[0][0])


def _run(statement: str, params: Sequence[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)

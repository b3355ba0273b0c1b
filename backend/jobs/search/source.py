"""The index as a source of candidates: along the ids, shelf by shelf, what a selection may mean.

What is not in the index yet, or no longer rightly, is named too: jobs that came after the last segment, and
those that triggers noted as changed. Where a shelf has no segment, or a torn one, every id of it is named.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..queries.candidates import Candidates
from ..queries.criteria import Selection
from ..queries.orders import Order, Place
from ..sql import fetch_tuples
from .blocks import SHELF, Torn, from_offsets, to_offsets
from .indexing import progress
from .lookup import look_up, members
from .segments import Spans
from .terms import Lookups, lookups_of

SMALLEST_BATCH, LARGEST_BATCH = 128, 1024  # candidates; the first ones are mostly enough
MOST_SHELVES = 32  # at once

_SHELVES = (
    "SELECT DISTINCT shelf FROM jobs_searchsegment WHERE shelf BETWEEN %(first)s AND %(last)s ORDER BY shelf"
)
# In one statement, because a change that is noted no more is in a segment by then.
_STATE = """
SELECT shelf, id, NULL FROM jobs_searchsegment WHERE shelf = ANY(%(shelves)s)
UNION ALL
SELECT job_id / %(size)s, NULL, job_id FROM jobs_searchtouched WHERE job_id BETWEEN %(first)s AND %(last)s"""
_OWNERS = "SELECT username, id FROM accounts_user WHERE username = ANY(%(names)s)"


@dataclass(slots=True)
class Shelf:
    """What is known of a shelf: its segments, and the jobs that have changed since."""

    segments: list[int] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)


class SearchIndex:
    """Names candidates for lists (a `Source` of `jobs.queries`), for one walk."""

    def candidates(self, selection: Selection, order: Order, place: Place | None) -> Iterator[Candidates]:
        """Batches of ids beyond a place, in the direction of the order and the place."""
        descending = order.descending is not (place is not None and place.backwards)
        _, built = progress()
        lookups = lookups_of(selection, _owner_ids(selection))
        walk = _Walk(selection.table, lookups, descending=descending)
        newest = fetch_tuples(f"SELECT coalesce(max(id), 0) FROM {selection.table}")[0][0]  # noqa: S608
        first, last = _limits(lookups, place, newest, descending=descending)
        yield Candidates([], last + 1 if descending else first - 1)
        parts = [walk.listed(max(first, built + 1), last), walk.indexed(first, min(last, built))]
        for part in parts if descending else parts[::-1]:
            yield from part


def _owner_ids(selection: Selection) -> dict[str, int]:
    names = [name for one in selection.criteria if one.field == "owner" for name in one.values]
    return dict(fetch_tuples(_OWNERS, {"names": names})) if names else {}


def _limits(lookups: Lookups, place: Place | None, newest: int, *, descending: bool) -> tuple[int, int]:
    """The first and the last id that can be meant."""
    first, last = 1, newest
    if lookups.ids is not None:
        first, last = min(least for least, _ in lookups.ids), min(last, max(most for _, most in lookups.ids))
    if place is not None:
        at = place.values[-1]
        first, last = (first, min(last, at - 1)) if descending else (max(first, at + 1), last)
    return first, last


class _Walk:
    """One way through the ids, and how it goes on."""

    def __init__(self, table: str, lookups: Lookups, *, descending: bool) -> None:
        self._table = table
        self._lookups = lookups
        self._wanted = list(lookups.wanted)
        self._descending = descending
        self._length = SMALLEST_BATCH

    def listed(self, first: int, last: int) -> Iterator[Candidates]:
        """Every id from `first` to `last`, as the table has them."""
        direction = "DESC" if self._descending else "ASC"
        sql = (
            f"SELECT id FROM {self._table} WHERE id BETWEEN %(first)s AND %(last)s"  # noqa: S608
            f" ORDER BY id {direction} LIMIT %(limit)s"
        )
        while first <= last:
            rows = fetch_tuples(sql, {"first": first, "last": last, "limit": self._length})
            ids = [one for (one,) in rows]
            if len(ids) < self._length:
                yield Candidates(ids, first if self._descending else last)
                return
            yield Candidates(ids, ids[-1])
            first, last = (first, ids[-1] - 1) if self._descending else (ids[-1] + 1, last)
            self._grow()

    def indexed(self, first: int, last: int) -> Iterator[Candidates]:
        """What the index names from `first` to `last`."""
        if first > last:
            return
        known = [
            shelf for (shelf,) in fetch_tuples(_SHELVES, {"first": first // SHELF, "last": last // SHELF})
        ]
        if not self._lookups.narrow:
            known = []
        if self._descending:
            known.reverse()
        at = last if self._descending else first  # where the walk has come to
        many = 1
        while known:
            run = _neighbours(known, many)
            del known[: len(run)]
            many = min(many * 4, MOST_SHELVES)
            low, high = max(first, min(run) * SHELF), min(last, max(run) * SHELF + SHELF - 1)
            yield from self.listed(high + 1, at) if self._descending else self.listed(at, low - 1)
            yield from self._shelves(run, low, high)
            at = low - 1 if self._descending else high + 1
        yield from self.listed(first, at) if self._descending else self.listed(at, last)

    def _shelves(self, shelves: Sequence[int], first: int, last: int) -> Iterator[Candidates]:
        """What the index names in neighbouring shelves."""
        state = _state(shelves, first, last)
        try:
            found = self._match(state)
        except Torn:
            yield from self._one_by_one(shelves, first, last)
            return
        ids: list[int] = []
        for shelf in shelves:
            low, high = max(first, shelf * SHELF), min(last, shelf * SHELF + SHELF - 1)
            bits = found[shelf]
            if bits is None:
                yield from self._batches(ids, high + 1 if self._descending else low - 1)
                ids = []
                yield from self.listed(low, high)
                continue
            bits |= from_offsets(one - shelf * SHELF for one in state[shelf].touched)
            start = shelf * SHELF
            offsets = to_offsets(bits, descending=self._descending)
            ids += (start + offset for offset in offsets if low <= start + offset <= high)
            if len(ids) >= self._length:
                yield from self._batches(ids, low if self._descending else high)
                ids = []
        yield from self._batches(ids, first if self._descending else last)

    def _one_by_one(self, shelves: Sequence[int], first: int, last: int) -> Iterator[Candidates]:
        """The same where one of the shelves is torn, or was just built anew: only that one is listed."""
        if len(shelves) == 1:
            yield from self.listed(first, last)
            return
        for shelf in shelves:
            low, high = max(first, shelf * SHELF), min(last, shelf * SHELF + SHELF - 1)
            yield from self._shelves([shelf], low, high)

    def _batches(self, ids: list[int], until: int) -> Iterator[Candidates]:
        """Some ids in batches; after the last of them everything is named up to `until`."""
        while len(ids) > self._length:
            some, ids = ids[: self._length], ids[self._length :]
            yield Candidates(some, some[-1])
            self._grow()
        yield Candidates(ids, until)

    def _grow(self) -> None:
        self._length = min(2 * self._length, LARGEST_BATCH)

    def _match(self, state: dict[int, Shelf]) -> dict[int, int | None]:
        """The offsets of each shelf that may be meant, as bits; None where the index does not tell."""
        matching = self._matching([segment for shelf in state.values() for segment in shelf.segments])
        return {
            number: _together([matching[segment] for segment in shelf.segments])
            for number, shelf in state.items()
        }

    def _matching(self, segments: Sequence[int]) -> dict[int, int | None]:
        """The same of each segment by itself. What leaves most out is asked first."""
        found: dict[int, int | None] = dict.fromkeys(segments)
        kept = dict.fromkeys(self._wanted, 0)
        for lookup in self._wanted:
            kept[lookup] = _narrow(found, look_up(_left(found), lookup))
        self._wanted.sort(key=lambda lookup: kept[lookup])
        if self._lookups.times:
            _narrow(found, self._in_time(_left(found)))
        if self._lookups.unwanted:
            self._exclude(found)
        return found

    def _in_time(self, segments: Iterable[int]) -> dict[int, int | None]:
        rows = fetch_tuples(
            "SELECT id, spans FROM jobs_searchsegment WHERE id = ANY(%(ids)s)", {"ids": list(segments)}
        )
        found: dict[int, int | None] = {}
        for segment, stored in rows:
            spans = Spans(bytes(stored))
            bits = -1
            for number, least, most in self._lookups.times:
                bits &= spans.within(number, least, most)
            found[segment] = bits
        return found

    def _exclude(self, found: dict[int, int | None]) -> None:
        untold = [segment for segment, bits in found.items() if bits is None]
        if untold:
            found.update(members(untold))
        for lookup in self._lookups.unwanted:
            for segment, bits in look_up(_left(found), lookup).items():
                if bits is not None:
                    found[segment] = (found[segment] or 0) & ~bits


def _left(found: dict[int, int | None]) -> list[int]:
    """The segments that may still have something."""
    return [segment for segment, bits in found.items() if bits != 0]


def _narrow(found: dict[int, int | None], more: dict[int, int | None]) -> int:
    """Keep what is in both; how many offsets `more` leaves."""
    many = 0
    for segment, bits in more.items():
        known = found[segment]
        if bits is not None:
            found[segment] = bits if known is None else known & bits
        many += SHELF if bits is None else bits.bit_count()
    return many


def _together(matching: Sequence[int | None]) -> int | None:
    """What the segments of a shelf name together: the newest that has a job tells it rightly."""
    found = 0
    for bits in matching:
        if bits is None:
            return None
        found |= bits
    return found if matching else None


def _state(shelves: Sequence[int], first: int, last: int) -> dict[int, Shelf]:
    state: dict[int, Shelf] = defaultdict(Shelf)
    for shelf in shelves:
        _ = state[shelf]
    params = {"shelves": list(shelves), "size": SHELF, "first": first, "last": last}
    for shelf, segment, touched in fetch_tuples(_STATE, params):
        if segment is not None:
            state[shelf].segments.append(segment)
        else:
            state[shelf].touched.add(touched)
    return state


def _neighbours(shelves: Sequence[int], most: int) -> list[int]:
    """The first of these shelves and those that follow it without a gap."""
    run = [shelves[0]]
    for shelf in shelves[1:most]:
        if abs(shelf - run[-1]) != 1:
            break
        run.append(shelf)
    return run

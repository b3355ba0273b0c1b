"""What a job is found by, and what a selection looks up: the terms of the index. Pure.

Words of its text are terms as they are; what it is filtered by is written `=field:value`. Durations go by
steps of a factor, so that a range of them is a range of terms. Times are not terms: a segment knows from when
to when its jobs go (`spans`).
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import floor, log2
from typing import Any, NamedTuple

from ..queries.criteria import FIELDS, TEXT, Criterion, Selection
from ..states import Kind
from ..words import APART, LONGEST_TERM, LOOKED_AT, runs_in, terms_of, words_in

TIMES = ("created_at", "started_at", "completed_at")
COLUMNS = f"""
    job.id, job.name, left(job.command, {LOOKED_AT}), job.tags, left(job.error_message, {LOOKED_AT}),
    job.status, job.queue, job.owner_id, job.executor, job.worker_name, job.reason, job.exit_code,
    job.priority, {", ".join(f"extract(epoch FROM job.{name})::float8" for name in TIMES)}"""
"""What is read of a job to index it, in the order of `Indexed`."""

_END = ("kind", "duration", "status", "reason", "exit_code")
_PLACE = ("executor", "worker", "queue")
_RANK = ("owner", "priority")
_LAST = b"\xff"
_STEPS = 4  # of a duration, for each factor of two
_SLACK = 1e-6  # what arithmetic in floats may be off by, as a share; of times in seconds
_RUNNING = "~"  # its duration goes on; sorts behind every number


class Indexed(NamedTuple):
    """A row of `COLUMNS`. Times are seconds since 1970."""

    id: int
    name: str
    command: str
    tags: list[str]
    error_message: str
    status: str
    queue: str
    owner_id: int | None
    executor: str
    worker: str
    reason: str
    exit_code: int | None
    priority: int
    created_at: float
    started_at: float | None
    completed_at: float | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """Jobs that have any of the terms of these ranges (both ends belong to them).

    `exact`: just the jobs that meet its criterion, as of when they were indexed; others may be more.
    """

    ranges: tuple[tuple[bytes, bytes], ...]
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Lookups:
    """What a selection looks up: every one of `wanted` and none of `unwanted`, within these times and ids.

    `times`: by the number of a time in `TIMES`, from and to in seconds.
    """

    wanted: tuple[Lookup, ...]
    unwanted: tuple[Lookup, ...]
    times: tuple[tuple[int, float, float], ...]
    ids: tuple[tuple[int, int], ...] | None

    @property
    def narrow(self) -> bool:
        """Whether the index leaves anything out."""
        return bool(self.wanted or self.unwanted or self.times)


class Postings:
    """Which jobs have which term, gathered by words and values first: their terms are found once for all."""

    def __init__(self) -> None:
        self._runs: dict[str, array[int]] = defaultdict(_offsets)
        self._tags: dict[str, array[int]] = defaultdict(_offsets)
        # Values that go together have few combinations; of all fields nearly every job has its own.
        self._values: dict[tuple[str, ...], dict[tuple[Any, ...], array[int]]] = {
            fields: defaultdict(_offsets) for fields in (_END, _PLACE, _RANK)
        }

    def add(self, offset: int, job: Indexed) -> None:
        """Take a job in; they come in the order of their offsets."""
        runs = self._runs
        for run in runs_in(APART.join((job.name, job.command, *job.tags, job.error_message))):
            runs[run].append(offset)
        for tag in set(job.tags):
            self._tags[tag].append(offset)
        kind = Kind.RUN if job.command else Kind.TRACKED
        values = self._values
        values[_END][kind, _duration(job), job.status, job.reason, job.exit_code].append(offset)
        values[_PLACE][job.executor, job.worker, job.queue].append(offset)
        values[_RANK][job.owner_id, job.priority].append(offset)

    def lists(self) -> dict[bytes, "array[int]"]:
        """The offsets of each term, sorted."""
        found: dict[bytes, array[int]] = {}
        for run, offsets in self._runs.items():
            for word in terms_of(run):
                _add(found, word.encode(), offsets)
        for tag, offsets in self._tags.items():
            _add(found, term("tag", tag), offsets)
        for fields, combined in self._values.items():
            for values, offsets in combined.items():
                for field, value in zip(fields, values, strict=True):
                    if value not in (None, ""):
                        _add(found, term(field, value), offsets)
        return {
            one: offsets if len(offsets) == 1 else array("H", sorted(set(offsets)))
            for one, offsets in found.items()
        }


def _offsets() -> "array[int]":
    return array("H")


def _add(lists: dict[bytes, "array[int]"], one: bytes, offsets: "array[int]") -> None:
    known = lists.get(one)
    if known is None:
        lists[one] = offsets[:]
    else:
        known.extend(offsets)


@lru_cache(maxsize=50_000)  # jobs share most of their values
def term(field: str, value: Any) -> bytes:
    """The term of a value; a long one's is shared with those that begin like it."""
    written = f"{value + 2**31:010d}" if isinstance(value, int) and field != "owner" else str(value)
    return f"={field}:{written[:LONGEST_TERM]}".encode().replace(b"\n", b"\0")


def lookups_of(selection: Selection, owner_ids: Mapping[str, int]) -> Lookups:
    """What a selection looks up. `owner_ids` has the ids of the user names that it speaks of."""
    wanted: list[Lookup] = []
    unwanted: list[Lookup] = []
    times: list[tuple[int, float, float]] = []
    ids: tuple[tuple[int, int], ...] | None = None
    for one in selection.criteria:
        if one.negated:
            unwanted += (lookup for lookup in _lookups(one, owner_ids) if lookup.exact)
        elif one.field in TIMES:
            times.append((TIMES.index(one.field), *_seconds(one)))
        elif one.field == "id":
            ids = one.values if ids is None else ids
        else:
            wanted += _lookups(one, owner_ids)
    return Lookups(tuple(wanted), tuple(unwanted), tuple(times), ids)


def _lookups(one: Criterion, owner_ids: Mapping[str, int]) -> Iterator[Lookup]:
    if one.field == TEXT and len(one.values) == 1:
        yield from _of_text(one.values[0])
    elif one.field == "duration":
        yield _of_duration(one)
    elif one.field in ("name", "id", TEXT, *TIMES):
        return
    elif one.values:
        values = one.values
        if one.field == "owner":
            values = tuple(owner_ids[name] for name in values if name in owner_ids)
        exact = all(len(str(value)) < LONGEST_TERM for value in values)
        yield Lookup(tuple((term(one.field, value),) * 2 for value in values), exact)
    else:
        lowest, highest = (int(bound) for bound in FIELDS[one.field].bounds)
        least = max(lowest, lowest if one.least is None else one.least)
        most = min(highest, highest if one.most is None else one.most)
        yield Lookup(((term(one.field, least), term(one.field, most)),), exact=True)


def _of_text(written: str) -> Iterator[Lookup]:
    """One lookup for each word; of a phrase the row says whether they follow one another."""
    words = [word[:LONGEST_TERM] for word in words_in(written)]
    alone = len(words) == 1 and not written.startswith('"') and len(words[0]) < LONGEST_TERM
    for word in words:
        yield Lookup(((word.encode(), word.encode() + _LAST),), exact=alone)


def _of_duration(one: Criterion) -> Lookup:
    least = "" if one.least is None else _step(one.least * (1 - _SLACK))
    most = _RUNNING if one.most is None else _step(one.most * (1 + _SLACK))
    ranges = [(term("duration", least), term("duration", most))]
    if one.most is not None:
        ranges.append((term("duration", _RUNNING),) * 2)
    return Lookup(tuple(ranges))


def _duration(job: Indexed) -> str | None:
    if job.started_at is None:
        return None
    return _RUNNING if job.completed_at is None else _step(job.completed_at - job.started_at)


def _step(seconds: float) -> str:
    """The step of a duration, in three digits that sort as it does."""
    return f"{floor(_STEPS * log2(min(max(seconds, 0.001), 1e12))) + 500:03d}"


def _seconds(one: Criterion) -> tuple[float, float]:
    least = float("-inf") if one.least is None else one.least.timestamp() - _SLACK
    most = float("inf") if one.most is None else one.most.timestamp() + _SLACK
    return least, most

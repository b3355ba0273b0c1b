"""What a job is found by, and what a selection looks up: the terms of the index. Pure.

Words of its text are terms as they are; what it is filtered by is written `=field:value`. Durations go by
steps of a factor, so that a range of them is a range of terms. Times are not terms: a segment knows from when
to when its jobs go (`spans`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import floor, log2
from typing import Any

from ..queries.criteria import FIELDS, TEXT, Criterion, Selection
from ..states import Kind
from ..words import APART, LONGEST_TERM, LOOKED_AT, terms_in, words_in

TIMES = ("created_at", "started_at", "completed_at")
COLUMNS = f"""
    job.id, job.name, left(job.command, {LOOKED_AT}), job.tags, left(job.error_message, {LOOKED_AT}),
    job.status, job.queue, job.owner_id, job.executor, job.worker_name, job.reason, job.exit_code,
    job.priority, {", ".join(f"extract(epoch FROM job.{name})::float8" for name in TIMES)}"""
"""What is read of a job to index it, in the order of `Indexed`."""

_LAST = b"\xff"
_STEPS = 4  # of a duration, for each factor of two
_SLACK = 1e-6  # what arithmetic in floats may be off by, as a share; of times in seconds
_RUNNING = "~"  # its duration goes on; sorts behind every number


@dataclass(frozen=True, slots=True)
class Indexed:
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


def terms_of(job: Indexed) -> set[bytes]:
    """Every term that a job is found by."""
    text = APART.join((job.name, job.command, *job.tags, job.error_message))
    found = {term.encode() for term in terms_in(text)}
    found.update(term("tag", tag) for tag in job.tags)
    for field, value in (
        ("status", job.status),
        ("queue", job.queue),
        ("owner", job.owner_id),
        ("executor", job.executor),
        ("worker", job.worker),
        ("kind", Kind.RUN if job.command else Kind.TRACKED),
        ("reason", job.reason),
        ("exit_code", job.exit_code),
        ("priority", job.priority),
        ("duration", _duration(job)),
    ):
        if value not in (None, ""):
            found.add(term(field, value))
    return found


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

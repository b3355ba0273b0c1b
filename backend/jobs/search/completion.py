"""What could stand where somebody is typing: qualifiers, their values, and words that jobs have.

Bounded whatever is typed: values come from counters, from the workers, and from the terms of the newest
segments and the newest jobs.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from ..counters import totals
from ..queries.criteria import FIELDS, Values
from ..sql import fetch_tuples
from ..words import fold, terms_in, words_in
from .grammar import ME, QUALIFIERS, Written
from .lookup import read_terms
from .terms import term

MOST = 10  # suggestions
_LIKELY = ("status", "queue", "tag", "owner", "created", "duration", "priority", "worker", "reason")
_SEGMENTS = 3  # the newest
_NEWEST = 300  # jobs, which may not be in segments yet

_NEWEST_SEGMENTS = "SELECT id FROM jobs_searchsegment ORDER BY shelf DESC, id DESC LIMIT %(most)s"
_OWNERS = "SELECT username FROM accounts_user ORDER BY username LIMIT 1000"
_WORKERS = "SELECT name FROM jobs_worker ORDER BY heartbeat_at DESC LIMIT 1000"
_RECENT = "SELECT {column} FROM jobs_job ORDER BY id DESC LIMIT %(most)s"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What could be put there, and what it means. `jobs`: how many have it, where that is known."""

    text: str
    says: str = ""
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What may take the place of the characters from `start` to `end`."""

    start: int
    end: int
    suggestions: list[Suggestion]


def complete(query: str, caret: int) -> Completion:
    """What could stand at the caret, a place from 0 to the length of the query, likely ones first."""
    start, quoted = _item_at(query, caret)
    if query[start : start + 1] == "-" and start < caret:
        start += 1
    typed = query[start:caret]
    name, colon, values = typed.partition(":")
    if not quoted and not colon:
        return Completion(start, _end(query, caret), [*_names(typed), *_words(typed)][:MOST])
    if not colon or name.lower() not in QUALIFIERS:
        return Completion(caret, caret, [])
    value = _last_value(values)
    begins = caret - len(value)
    found = _values(name.lower(), value.lstrip('"'))
    return Completion(begins, _end(query, caret), found[:MOST])


def _item_at(query: str, caret: int) -> tuple[int, bool]:
    """Where the item begins that the caret is in, and whether it begins with a quote."""
    start, within = 0, False
    for place, one in enumerate(query[:caret]):
        if one == '"' and query[place - 1 : place] != "\\":
            within = not within
        elif one.isspace() and not within:
            start = place + 1
    return start, query[start : start + 1] == '"' or query[start : start + 2] == '-"'


def _last_value(values: str) -> str:
    """What comes after the last comma that is not quoted."""
    within, begins = False, 0
    for place, one in enumerate(values):
        if one == '"' and values[place - 1 : place] != "\\":
            within = not within
        elif one == "," and not within:
            begins = place + 1
    return values[begins:]


def _end(query: str, caret: int) -> int:
    """The end of what is being typed: the next space, comma or quote."""
    return next((place for place in range(caret, len(query)) if query[place] in ' \t,"'), len(query))


# --- what there is --------------------------------------------------------------------------------------


def _names(typed: str) -> list[Suggestion]:
    begin = [name for name in [*_LIKELY, *QUALIFIERS] if name.startswith(typed.lower())]
    return [
        Suggestion(f"{name}:", FIELDS[QUALIFIERS[name]].says.replace("`", ""))
        for name in dict.fromkeys(begin)
    ]


def _words(typed: str) -> list[Suggestion]:
    """Words that begin so, the most common first."""
    words = words_in(typed)
    if len(words) != 1 or words[0] != fold(typed):
        return []
    prefix = words[0].encode()
    found = _in_segments(prefix, prefix + b"\xff")
    for name, *_ in fetch_tuples(_RECENT.format(column="name"), {"most": _NEWEST}):
        found.update(one.encode() for one in terms_in(name) if one.startswith(words[0]))
    return [Suggestion(one.decode()) for one, _ in found.most_common(MOST)]


def _values(name: str, typed: str) -> list[Suggestion]:
    field = FIELDS[QUALIFIERS[name]]
    if field.kind is Values.TIME:
        return _days()
    if name == "status":
        by_status = totals().by_status
        return _matching(typed, ((word.lower(), by_status[word]) for word in field.words))
    if field.words:
        return _matching(typed, ((word.lower(), None) for word in field.words))
    source = _SOURCES.get(name)
    return _matching(typed, source(typed)) if source else []


def _matching(typed: str, values: Iterable[tuple[str, int | None]]) -> list[Suggestion]:
    """Those that begin with what was typed, then those that have it further on."""
    wanted = typed.lower()
    found = [(value, jobs) for value, jobs in values if wanted in value.lower()]
    found.sort(key=lambda one: (not one[0].lower().startswith(wanted), -(one[1] or 0), one[0].lower()))
    return [Suggestion(str(Written(value, quoted=False, position=0)), jobs=jobs) for value, jobs in found]


def _queues(typed: str) -> Iterable[tuple[str, int | None]]:
    return {**dict(_noted("queue", "queue", typed)), **_counted("queue")}.items()


def _owners(_: str) -> Iterable[tuple[str, int | None]]:
    return {ME: None, **{name: None for (name,) in fetch_tuples(_OWNERS)}, **_counted("owner")}.items()


def _counted(by: Literal["queue", "owner"]) -> dict[str, int]:
    """Those with the most jobs, with how many."""
    return {name: sum(by_status.values()) for name, by_status in totals(by=by).by_name.items()}


def _workers(_: str) -> Iterable[tuple[str, int | None]]:
    return dict.fromkeys((name, None) for (name,) in fetch_tuples(_WORKERS))


def _tags(typed: str) -> Iterable[tuple[str, int | None]]:
    return _noted("tag", "unnest(tags)", typed)


def _executors(typed: str) -> Iterable[tuple[str, int | None]]:
    return _noted("executor", "executor", typed)


_SOURCES: dict[str, Callable[[str], Iterable[tuple[str, int | None]]]] = {
    "queue": _queues,
    "owner": _owners,
    "worker": _workers,
    "tag": _tags,
    "executor": _executors,
}


def _noted(field: str, column: str, typed: str) -> Iterable[tuple[str, int | None]]:
    """Values that the newest jobs and segments have, the most common first."""
    begin = term(field, typed)
    found = Counter(
        {one.partition(b":")[2].decode(): jobs for one, jobs in _in_segments(begin, begin + b"\xff").items()}
    )
    found.update(str(value) for (value,) in fetch_tuples(_RECENT.format(column=column), {"most": _NEWEST}))
    return [(value, None) for value, _ in found.most_common()]


def _in_segments(low: bytes, high: bytes) -> "Counter[bytes]":
    """Terms of the newest segments, with how many jobs have them there."""
    newest = [segment for (segment,) in fetch_tuples(_NEWEST_SEGMENTS, {"most": _SEGMENTS})]
    return read_terms(newest, low, high)


def _days() -> list[Suggestion]:
    today = datetime.now(UTC).date()
    days = {"today": 0, "since yesterday": 1, "the last seven days": 7, "the last thirty days": 30}
    return [Suggestion(f">={today - timedelta(days=ago)}", says) for says, ago in days.items()]

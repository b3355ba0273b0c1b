"""Which jobs: the one vocabulary of lists, searches, exports and operations on many jobs.

A new thing to choose jobs by is a line in `FIELDS`: addresses, their errors, the search's qualifiers, OpenAPI
and cursors follow from it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Self

from .. import limits
from ..sql import ARCHIVE
from ..states import Kind, Reason, Status
from ..values import one_of, parse_time, seconds, span, text, whole
from ..words import APART, LOOKED_AT, pattern
from .condition import Condition, all_of


class Values(Enum):
    """Of what kind a field's values are: text, one of some words, int, float, a time in UTC, the first and
    last of a range of whole numbers, or a sequence of words as `jobs.words` writes it."""

    TEXT = "text"
    WORD = "word"
    WHOLE = "whole"
    SECONDS = "seconds"
    TIME = "time"
    SPAN = "span"
    SOUGHT = "sought"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that jobs are chosen by.

    `sql` is its value in the row `job`. `one` and `several` say when a job has the value, or any of the
    values, named `{value}`, which SQL is given as `put` makes it. `read` takes a value out of text and raises
    ValueError with a sentence.
    """

    says: str
    kind: Values
    sql: str
    read: Callable[[str], Any]
    ranged: bool = False
    bounds: tuple[float, float] = (1, 255)  # of numbers; of the length of text
    words: tuple[str, ...] = ()
    one: str = "{sql} = {value}"
    several: str = "{sql} = ANY({value})"
    put: Callable[[Any], Any] = lambda value: value

    @property
    def listed(self) -> bool:
        """Whether jobs are chosen by single values of it, not by a range only."""
        return self.kind not in (Values.TIME, Values.SECONDS, Values.SOUGHT)

    @property
    def half_open(self) -> bool:
        """Whether a range leaves out its upper end: times do, so that one may begin where another ends."""
        return self.kind is Values.TIME


def _text(says: str, sql: str, longest: int, **how: Any) -> Field:
    return Field(says, Values.TEXT, sql, text(longest), bounds=(1, longest), **how)


def _word(says: str, sql: str, words: Iterable[str]) -> Field:
    known = tuple(str(word) for word in words)
    return Field(says, Values.WORD, sql, one_of(known), words=known)


def _whole(says: str, sql: str, bounds: tuple[int, int]) -> Field:
    return Field(says, Values.WHOLE, sql, whole(*bounds), ranged=True, bounds=bounds)


def _time(says: str, sql: str) -> Field:
    return Field(says, Values.TIME, sql, parse_time, ranged=True)


def _like(part: str) -> str:
    """The pattern of what contains `part`, whose `%` and `_` stand for themselves."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", part) + "%"


TEXT = "text"  # what a search looks into; addresses have it as `q`
_TEXT_SQL = f"""concat_ws(chr({ord(APART)}), job.name, left(job.command, {LOOKED_AT}),
    array_to_string(job.tags, chr({ord(APART)})), left(job.error_message, {LOOKED_AT}))"""

FIELDS: dict[str, Field] = {
    "id": Field("The id, or a range of ids", Values.SPAN, "job.id", span),
    "name": _text(
        "Part of the name, in any case", "job.name", limits.LONGEST_NAME,
        one="{sql} ILIKE {value}", several="{sql} ILIKE ANY({value})", put=_like,
    ),
    "status": _word("The status", "job.status", Status),
    "queue": _text("The queue", "job.queue", limits.LONGEST_QUEUE),
    "tag": _text(
        "A tag", "job.tags", limits.LONGEST_TAG,
        one="{sql} @> ARRAY[{value}]::varchar[]", several="{sql} && {value}::varchar[]",
    ),
    "owner": _text(
        "The submitter's user name; `me` is the caller", "job.owner_id", limits.LONGEST_USERNAME,
        one="{sql} = (SELECT id FROM accounts_user WHERE username = {value})",
        several="{sql} = ANY(ARRAY(SELECT id FROM accounts_user WHERE username = ANY({value})))",
    ),
    "executor": _text("The executor", "job.executor", limits.LONGEST_EXECUTOR),
    "worker": _text("The worker that had it last", "job.worker_name", limits.LONGEST_WORKER),
    "kind": _word(
        "With a command (run) or without (tracked)",
        "CASE WHEN job.command = '' THEN 'tracked' ELSE 'run' END",
        Kind,
    ),
    "reason": _word("The reason of its end", "job.reason", Reason),
    "exit_code": _whole("The exit code", "job.exit_code", limits.EXIT_CODE),
    "priority": _whole("The priority", "job.priority", limits.PRIORITY),
    "created_at": _time("When it was submitted", "job.created_at"),
    "started_at": _time("When its current attempt started", "job.started_at"),
    "completed_at": _time("When it ended", "job.completed_at"),
    "duration": Field(
        "Seconds of its current attempt, to now while it runs", Values.SECONDS,
        "extract(epoch FROM coalesce(job.completed_at, clock_timestamp()) - job.started_at)::float8",
        seconds, ranged=True,
    ),
    TEXT: Field(
        "Words of its name, command, tags and error message", Values.SOUGHT, _TEXT_SQL, str,
        one="{sql} ~ {value}", several="{sql} ~ ANY({value})", put=pattern,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is asked of a job: any of `values`, or from `least` to `most`; or, `negated`, not that.

    Ends of a range belong to it, but for the upper end of times. A job without a value is in no range.
    """

    field: str
    values: tuple[Any, ...] = ()
    least: Any = None
    most: Any = None
    negated: bool = False

    def condition(self, name: str) -> Condition:
        """As SQL, whose values have names that begin with `name`."""
        held = all_of([*self._has_value(name), *self._in_range(name)])
        return Condition(f"({held.sql}) IS NOT TRUE", held.params) if self.negated else held

    def _has_value(self, name: str) -> Iterable[Condition]:
        field = FIELDS[self.field]
        if not self.values:
            return
        if field.kind is Values.SPAN:
            yield _in_any_span(field.sql, name, self.values)
            return
        values = [field.put(value) for value in self.values]
        single = len(values) == 1
        sql = (field.one if single else field.several).format(sql=field.sql, value=f"%({name})s")
        yield Condition(sql, {name: values[0] if single else values})

    def _in_range(self, name: str) -> Iterable[Condition]:
        field = FIELDS[self.field]
        if self.least is not None:
            yield Condition(f"{field.sql} >= %({name}_least)s", {f"{name}_least": self.least})
        if self.most is not None:
            below = "<" if field.half_open else "<="
            yield Condition(f"{field.sql} {below} %({name}_most)s", {f"{name}_most": self.most})

    def plain(self) -> dict[str, Any]:
        """As JSON; what is not given is left out."""
        said = {
            "field": self.field,
            "values": [_plain(value) for value in self.values],
            "least": _plain(self.least),
            "most": _plain(self.most),
            "negated": self.negated,
        }
        return {name: value for name, value in said.items() if value not in (None, []) and value is not False}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """What `plain` wrote. Raises KeyError for a field that is not known."""
        kind = FIELDS[plain["field"]].kind
        return cls(
            field=plain["field"],
            values=tuple(_typed(kind, value) for value in plain.get("values", ())),
            least=_typed(kind, plain.get("least")),
            most=_typed(kind, plain.get("most")),
            negated=plain.get("negated", False),
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """Jobs that meet all the criteria; of the archive where `archived`."""

    criteria: tuple[Criterion, ...] = ()
    archived: bool = False

    @property
    def table(self) -> str:
        """Where they are, for who reads them elsewhere than `sql.in_archive`."""
        return f"{ARCHIVE}.jobs_job" if self.archived else "jobs_job"

    def condition(self) -> Condition:
        """As SQL about the row `job`. Its values are named c0, c1 …: other conditions fit beside it."""
        return all_of(one.condition(f"c{number}") for number, one in enumerate(self.criteria))

    def plain(self) -> dict[str, Any]:
        """As JSON, for cursors and for what is stored."""
        return {"criteria": [one.plain() for one in self.criteria], "archived": self.archived}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """What `plain` wrote. Raises KeyError for a field that is not known."""
        return cls(tuple(Criterion.read(one) for one in plain["criteria"]), plain["archived"])


def _in_any_span(sql: str, name: str, spans: Iterable[tuple[int, int]]) -> Condition:
    parts: list[str] = []
    params: dict[str, int] = {}
    for number, (first, last) in enumerate(spans):
        parts.append(f"{sql} BETWEEN %({name}_first{number})s AND %({name}_last{number})s")
        params |= {f"{name}_first{number}": first, f"{name}_last{number}": last}
    return Condition(" OR ".join(parts), params)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _typed(kind: Values, plain: Any) -> Any:
    if plain is None:
        return None
    if kind is Values.TIME:
        return datetime.fromisoformat(plain)
    return tuple(plain) if kind is Values.SPAN else plain

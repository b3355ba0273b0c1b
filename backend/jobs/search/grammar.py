"""The language of `q`: words, phrases and qualifiers, read into criteria. Pure.

Every text either is read or names the place where it goes wrong. All items must hold, `-` before one says
that it must not. docs/reference/search.md describes it.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf, nextafter
from typing import Any

from ..queries.criteria import FIELDS, TEXT, Criterion, Field, Values
from ..values import LARGEST, parse_time, printable
from ..words import words_in

ME = "me"
LONGEST = 1000  # characters
MOST_ITEMS = 30
MOST_VALUES = 50

QUALIFIERS: dict[str, str] = {name.removesuffix("_at"): name for name in FIELDS if name != TEXT}
"""What is written before the colon, and the field that it means."""

_INSTANT = timedelta(microseconds=1)
_QUALIFIER = re.compile(r"([A-Za-z_]+):")
_OPERATOR = re.compile(r"[<>]=?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_PLAIN = re.compile(r'[^\s",]+')  # what needs no quotes as a value


class BadQuery(ValueError):
    """What is wrong with a query, at which character, and a way out. The place counts from 0."""

    def __init__(self, position: int, message: str, hint: str = "") -> None:
        self.position = position
        super().__init__(message, hint)


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of text as it was written, without its quotes, and where it begins."""

    text: str
    quoted: bool
    position: int

    def __str__(self) -> str:
        if not self.quoted and _PLAIN.fullmatch(self.text):
            return self.text
        return '"' + self.text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a query: text to look for (`name` empty), or values after a qualifier and its operator."""

    values: tuple[Written, ...]
    name: str = ""
    operator: str = ""
    negated: bool = False
    position: int = 0

    def __str__(self) -> str:
        sign = "-" if self.negated else ""
        if not self.name:
            (sought,) = self.values
            return sign + (str(sought) if sought.quoted else sought.text)
        return f"{sign}{self.name}:{self.operator}{','.join(map(str, self.values))}"


def parse(query: str, me: str = "") -> tuple[Criterion, ...]:
    """What a query asks for; `me` is the user name of who asks.

    :raises BadQuery: where it cannot be understood.
    """
    return tuple(_criterion(item, me) for item in read_items(query))


def read_items(query: str) -> list[Item]:
    """The items of a query, their names as `QUALIFIERS` has them. Raises `BadQuery`."""
    items = list(_Reader(typed(query)).items())
    if len(items) > MOST_ITEMS:
        raise BadQuery(items[MOST_ITEMS].position, f"A search has at most {MOST_ITEMS} words and qualifiers.")
    return items


def typed(query: str) -> str:
    """A query that may not be finished yet. Raises `BadQuery` where it could not become one."""
    if len(query) > LONGEST:
        raise BadQuery(LONGEST, f"A search has at most {LONGEST} characters.")
    if "\0" in query:
        raise BadQuery(query.index("\0"), "This is a NUL character, which no job has.")
    return query


class _Reader:
    """Goes through a query once, from left to right."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._at = 0

    def items(self) -> Iterator[Item]:
        while self._skip_spaces():
            yield self._item()

    def _item(self) -> Item:
        began = self._at
        negated = self._take("-")
        named = _QUALIFIER.match(self._query, self._at)
        if named is None:
            return Item((self._text(),), negated=negated, position=began)
        name = self._name(named[1])
        self._at = named.end()
        operator = self._operator(name)
        return Item(tuple(self._values(name)), name, operator, negated, began)

    def _name(self, written: str) -> str:
        name = written.lower()
        if name in QUALIFIERS:
            return name
        near = difflib.get_close_matches(name, QUALIFIERS, n=1)
        way_out = f"Did you mean {near[0]}:?" if near else f"There are {', '.join(QUALIFIERS)}."
        raise BadQuery(
            self._at,
            f"There is no qualifier {printable(written)}:.",
            f"{way_out} To look for it as text, put it in quotes.",
        )

    def _operator(self, name: str) -> str:
        found = _OPERATOR.match(self._query, self._at)
        if found is None:
            return ""
        if not _ordered(FIELDS[QUALIFIERS[name]]):
            raise BadQuery(self._at, f"{name}: is not a number or a time.", f"Leave {found[0]} out.")
        self._at = found.end()
        return found[0]

    def _text(self) -> Written:
        if self._peek() == '"':
            return self._quoted()
        return self._plain(",")

    def _values(self, name: str) -> Iterator[Written]:
        number = 0
        while True:
            if self._peek() in ("", ",") or self._peek().isspace():
                raise BadQuery(
                    self._at, f"A value is missing after {name}:{',' * bool(number)}.", _values_hint(name)
                )
            yield self._quoted() if self._peek() == '"' else self._plain()
            number += 1
            if not self._take(","):
                return
            if number >= MOST_VALUES:
                raise BadQuery(self._at, f"A qualifier takes at most {MOST_VALUES} values.")

    def _plain(self, more: str = "") -> Written:
        began = self._at
        while (one := self._peek()) and not one.isspace() and one != '"' and (one != "," or one in more):
            self._at += 1
        return Written(self._query[began : self._at], quoted=False, position=began)

    def _quoted(self) -> Written:
        began = self._at
        self._at += 1
        text = ""
        while (one := self._peek()) != '"':
            if not one:
                raise BadQuery(began, "This quote is not closed.", 'Add another " where it ends.')
            if one == "\\" and self._query[self._at + 1 : self._at + 2] in ('"', "\\"):
                self._at += 1
            text += self._peek()
            self._at += 1
        self._at += 1
        return Written(text, quoted=True, position=began)

    def _skip_spaces(self) -> bool:
        while self._peek().isspace():
            self._at += 1
        return bool(self._peek())

    def _take(self, wanted: str) -> bool:
        taken = self._peek() == wanted
        self._at += taken
        return taken

    def _peek(self) -> str:
        return self._query[self._at : self._at + 1]


# --- what an item asks for ------------------------------------------------------------------------------


def _criterion(item: Item, me: str) -> Criterion:
    if not item.name:
        return Criterion(TEXT, (_sought(item.values[0]),), negated=item.negated)
    name = QUALIFIERS[item.name]
    field = FIELDS[name]
    first = item.values[0]
    if item.operator or field.kind is Values.TIME or _is_range(field, first):
        return _range(name, field, item)
    if not field.listed:
        raise BadQuery(
            first.position, f"{item.name}: needs a comparison.", f"For example {item.name}:>{first}."
        )
    values = [_value(field, one) for one in item.values]
    if name == "owner" and me:
        values = [me if value == ME else value for value in values]
    return Criterion(name, tuple(dict.fromkeys(values)), negated=item.negated)


def _sought(written: Written) -> str:
    """Text to look for, as `jobs.words` writes it."""
    words = words_in(written.text)
    if not words:
        raise BadQuery(written.position, "There is no letter or digit to look for here.")
    return f'"{" ".join(words)}"' if written.quoted else "-".join(words)


def _range(name: str, field: Field, item: Item) -> Criterion:
    if len(item.values) > 1:
        raise BadQuery(
            item.values[1].position, "A range is one value.", "Write one more qualifier for another."
        )
    least, most = _ends(field, item.values[0], item.operator)
    if field.kind is Values.SPAN:
        span = (1 if least is None else least, LARGEST if most is None else most)
        return Criterion(name, (span,), negated=item.negated)
    return Criterion(name, least=least, most=most, negated=item.negated)


def _ends(field: Field, written: Written, operator: str) -> tuple[Any, Any]:
    """The least and the most, as `Criterion` has them, of `5`, `>5`, `3..5`, `3..` or `..5`."""
    if not operator and _is_range(field, written):
        return _two_ends(field, written)
    first, last = _interval(field, written)
    match operator:
        case ">":
            return _next(field, last), None
        case ">=":
            return first, None
        case "<":
            return None, _before(field, first)
        case "<=":
            return None, last
    return first, last


def _two_ends(field: Field, written: Written) -> tuple[Any, Any]:
    lower, _, upper = written.text.partition("..")
    if not lower and not upper:
        raise BadQuery(
            written.position, "Both ends of this range are missing.", "For example 3..5, 3.. or ..5."
        )
    after = written.position + written.quoted + len(lower) + len("..")
    least = _interval(field, Written(lower, False, written.position))[0] if lower else None
    most = _interval(field, Written(upper, False, after))[1] if upper else None
    return least, most


def _interval(field: Field, written: Written) -> tuple[Any, Any]:
    """What a value stands for, from where to where: a day is all of it, a number only itself."""
    if field.kind is Values.TIME:
        return _moments(written)
    value = _value(field, written)
    return value if field.kind is Values.SPAN else (value, value)


def _moments(written: Written) -> tuple[datetime, datetime]:
    """From the first instant of a month, a day or an instant (RFC 3339) to the first one after it, in UTC."""
    try:
        if _MONTH.fullmatch(written.text):
            first = datetime.fromisoformat(f"{written.text}-01").replace(tzinfo=UTC)
            return first, (first + timedelta(days=31)).replace(day=1)
        if _DAY.fullmatch(written.text):
            first = datetime.fromisoformat(written.text).replace(tzinfo=UTC)
            return first, first + timedelta(days=1)
        first = parse_time(written.text)
        return first, first + _INSTANT
    except (ValueError, OverflowError):
        raise BadQuery(
            written.position,
            f"{printable(written.text)} is not a date or a time.",
            "For example 2026-11-01, 2026-11 or 2026-11-01T12:00:00Z.",
        ) from None


def _value(field: Field, written: Written) -> Any:
    """A single value. The words of a field are known in any case."""
    text = written.text
    known = {word.lower(): word for word in field.words}
    try:
        return field.read(known.get(text.lower(), text))
    except ValueError as error:
        message, *hint = (str(part) for part in error.args)
        raise BadQuery(written.position, message, hint[0] if hint else "") from None


def _next(field: Field, last: Any) -> Any:
    """The least value beyond `last`; of times `last` is that already."""
    if field.kind is Values.TIME:
        return last
    return nextafter(last, inf) if field.kind is Values.SECONDS else last + 1


def _before(field: Field, first: Any) -> Any:
    """The greatest value before `first`; of times the end of a range does not belong to it."""
    if field.kind is Values.TIME:
        return first
    return nextafter(first, -inf) if field.kind is Values.SECONDS else first - 1


def _ordered(field: Field) -> bool:
    return field.ranged or field.kind is Values.SPAN


def _is_range(field: Field, written: Written) -> bool:
    return _ordered(field) and ".." in written.text


def _values_hint(name: str) -> str:
    words = FIELDS[QUALIFIERS[name]].words
    return f"Possible: {', '.join(word.lower() for word in words)}." if words else ""

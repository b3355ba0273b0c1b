"""Reads the query of an address strictly: every name known, once, of its kind; tells all that is wrong."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from django.http import QueryDict

from jobs.errors import FieldError, Invalid, UnknownParameter
from jobs.values import parse_time, printable, visible

T = TypeVar("T")


class Params:
    """The parameters of one request. Readers note what is wrong; `finish` raises it all."""

    def __init__(self, query: QueryDict, known: Iterable[str], repeatable: Iterable[str] = ()) -> None:
        self._query = query
        self._errors: list[FieldError] = []
        self._check_names(frozenset(known), frozenset(repeatable))

    def read(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """One value; `parse` raises ValueError with a sentence when it is not right."""
        values = self._query.getlist(name)
        if not values:
            return default
        return self._parsed(name, values[0], parse, default)

    def optional(self, name: str, parse: Callable[[str], T]) -> T | None:
        """One value, or None where the parameter is not there."""
        values = self._query.getlist(name)
        return self._parsed(name, values[0], parse, None) if values else None

    def several(self, name: str, parse: Callable[[str], T], *, commas: bool = False) -> list[T]:
        """Every value of a repeatable parameter, and of a comma-separated one; each once."""
        values = self._query.getlist(name)
        if commas:
            values = [part for value in values for part in value.split(",")]
        parsed = [self._parsed(name, value, parse, None) for value in values]
        return list(dict.fromkeys(value for value in parsed if value is not None))

    def refuse(self, name: str, message: str, hint: str = "") -> None:
        """Note something wrong that no reader can see."""
        self._errors.append(FieldError(name, message, hint))

    def finish(self) -> None:
        """Raise what is wrong, if anything."""
        if self._errors:
            raise Invalid(errors=self._errors)

    def _parsed(self, name: str, value: str, parse: Callable[[str], T], otherwise: T | None) -> T:
        try:
            if "\0" in value:
                raise ValueError("This contains a NUL character.")  # noqa: TRY301  (told like any other)
            return parse(value)
        except ValueError as error:
            self._errors.append(_refusal(name, error))
            return otherwise  # type: ignore[return-value]  # never used: finish() raises

    def _check_names(self, known: frozenset[str], repeatable: frozenset[str]) -> None:
        unknown = [name for name in self._query if name not in known]
        if unknown:
            raise UnknownParameter(errors=[_unknown(name, sorted(known)) for name in unknown[:20]])
        for name, values in self._query.lists():
            if len(values) > 1 and name not in repeatable:
                self.refuse(name, "This parameter is repeated.")


def _unknown(name: str, known: list[str]) -> FieldError:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Possible: {', '.join(known) or 'none'}."
    return FieldError(printable(name), "This parameter does not exist here.", hint)


def _refusal(name: str, error: ValueError) -> FieldError:
    """What a reader said: its message, its hint, and the character that it is about."""
    message, *hint = (str(part) for part in error.args)
    return FieldError(name, message, hint[0] if hint else "", getattr(error, "position", None))


def join_path(path: str, key: object) -> str:
    """The path of a field within the one at `path`, fit for a message."""
    name = visible(str(key))
    return f"{path}.{name}" if path else name


def moment(value: str) -> datetime:
    """A time with its zone. A `+` that was not escaped has become a space on its way."""
    try:
        return parse_time(value)
    except ValueError as error:
        hint = "In an address, + must be written %2B." if " " in value else ""
        raise ValueError(str(error.args[0]), hint or "For example 2026-01-31T12:00:00Z.") from None


def as_query(values: Mapping[str, object]) -> QueryDict:
    """Values as the query of an address."""
    query = QueryDict(mutable=True)
    for name, value in values.items():
        query.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    return query

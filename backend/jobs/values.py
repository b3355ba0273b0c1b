"""Values out of text, as addresses and searches write them. Pure.

Each reader raises ValueError with a sentence, and with a hint where there is one.
"""

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

LARGEST = 2**63 - 1
SECONDS_BY_UNIT = {"": 1, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(?P<zone>[Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)
DURATION_PATTERN = r"^([0-9]{1,12}(\.[0-9]{1,6})?)(ms|[smhdw])?$"
SPAN_PATTERN = r"^([1-9][0-9]{0,17}(-([1-9][0-9]{0,17})?)?|-[1-9][0-9]{0,17})$"


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds, in plain digits."""

    def parse(value: str) -> int:
        digits = value[1:] if value.startswith("-") else value
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 19 or not least <= int(value) <= most:
            raise ValueError(f"This must be a whole number from {least} to {most}.")
        return int(value)

    return parse


def span(value: str) -> tuple[int, int]:
    """A positive number or a range of them, as its least and most: `7`, `1-500`, `500-` or `-500`."""
    if not re.fullmatch(SPAN_PATTERN, value):
        raise ValueError("This must be a number or a range of numbers.", "For example 7, 1-500 or 500-.")
    first, dash, last = value.partition("-")
    least = int(first or 1)
    most = int(last or (LARGEST if dash else first))
    return min(least, most), max(least, most)


def seconds(value: str) -> float:
    """A duration in seconds: a number, or one with a unit (`90`, `1.5h`, `250ms`)."""
    shape = re.fullmatch(DURATION_PATTERN, value)
    if shape is None:
        raise ValueError(
            "This must be a number of seconds, or a number with a unit.", "For example 90, 5m or 1.5h."
        )
    return float(shape[1]) * SECONDS_BY_UNIT[shape[3] or ""]


def one_of(values: Iterable[str]) -> Callable[[str], str]:
    """One of some words."""
    allowed = list(values)

    def parse(value: str) -> str:
        if value in allowed:
            return value
        near = difflib.get_close_matches(value.lower(), [one.lower() for one in allowed], n=1)
        exact = next((one for one in allowed if near and one.lower() == near[0]), None)
        hint = f"Did you mean {exact}?" if exact else f"Possible: {', '.join(allowed)}."
        raise ValueError(f"{printable(value)!r} is not a possible value.", hint)

    return parse


def text(most: int) -> Callable[[str], str]:
    """Text that is not empty and not too long."""

    def parse(value: str) -> str:
        if not 1 <= len(value) <= most:
            raise ValueError(f"This must have 1 to {most} characters.")
        return value

    return parse


def parse_time(value: str) -> datetime:
    """The moment, in UTC, of a time as RFC 3339 has it: always with a zone."""
    shape = _TIME.fullmatch(value)
    if shape is None:
        raise ValueError("This must be a date and a time, for example 2026-01-31T12:00:00Z.")
    if shape["zone"] is None:
        raise ValueError("This time has no time zone: add Z for UTC, or an offset such as +01:00.")
    try:
        return datetime.fromisoformat(_six_digits(value.upper())).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("This date or time does not exist.") from None


def printable(text: str, most: int = 100) -> str:
    """Text that came from outside, fit for a message: short, and all of it can be seen."""
    return visible(text[:most]) + ("…" if len(text) > most else "")


def visible(text: str) -> str:
    """The text with what cannot be seen written out (`\\u202e`): controls, bidi marks, outer spaces."""
    inner = text.strip(" ")
    if inner == text and text.isprintable():
        return text
    start = len(text) - len(text.lstrip(" "))
    end = start + len(inner)
    return "".join(
        one if one.isprintable() and start <= place < end else _escaped(one) for place, one in enumerate(text)
    )


def _six_digits(value: str) -> str:
    """`fromisoformat` takes no more than microseconds."""
    return re.sub(r"(\.\d{6})\d+", r"\1", value)


def _escaped(one: str) -> str:
    return f"\\u{ord(one):04x}" if ord(one) < 0x10000 else f"\\U{ord(one):08x}"

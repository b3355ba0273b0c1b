"""Times as the API takes them: RFC 3339, always with a zone. Pure."""

import re
from datetime import UTC, datetime

_SHAPE = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(?P<zone>[Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)


def parse_time(value: str) -> datetime:
    """The moment, in UTC. Raises ValueError with a sentence."""
    shape = _SHAPE.fullmatch(value)
    if shape is None:
        raise ValueError("This must be a date and a time, for example 2026-01-31T12:00:00Z.")
    if shape["zone"] is None:
        raise ValueError("This time has no time zone: add Z for UTC, or an offset such as +01:00.")
    try:
        return datetime.fromisoformat(_six_digits(value.upper())).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("This date or time does not exist.") from None


def _six_digits(value: str) -> str:
    """`fromisoformat` takes no more than microseconds."""
    return re.sub(r"(\.\d{6})\d+", r"\1", value)

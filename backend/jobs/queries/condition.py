"""Conditions: pieces of SQL about the row `job`, with the values that they speak of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL about the row `job`, and the named values it speaks of. `sql` is a constant of ours, always."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


ALWAYS = Condition("true")


def all_of(conditions: Iterable[Condition]) -> Condition:
    """What holds where all of these hold. Their values have names of their own."""
    given = [one for one in conditions if one is not ALWAYS]
    if not given:
        return ALWAYS
    params = {name: value for one in given for name, value in one.params.items()}
    return Condition(" AND ".join(f"({one.sql})" for one in given), params)

"""The payload of a hint: which jobs have changed."""

from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Hint:
    """`ids` have changed; with `everything` more of them than fit."""

    ids: frozenset[int] = frozenset()
    everything: bool = False


def read_hint(payload: str) -> Hint:
    """Read a payload: a JSON list of ids, or "*". What cannot be read means everything, to be safe."""
    try:
        said = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return Hint(everything=True)
    if isinstance(said, list) and all(type(one) is int for one in said):
        return Hint(frozenset(said))
    return Hint(everything=True)

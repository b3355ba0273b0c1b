"""Looking terms up: which offsets of some segments have any of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import psycopg

from ..reading import reader
from .blocks import MEMBERS, Torn, bits, find, size
from .terms import Lookup

MOST_BLOCKS = 16
"""Of one range of terms in one segment. Past it the range tells nothing: too many jobs are in it."""

# The last block that begins at or before the range may have its first terms; those that begin within have the
# rest.
_BLOCKS = f"""
SELECT segment.id, wanted.number, block.first, block.following, block.data
FROM unnest(%(segments)s::bigint[]) AS segment (id)
CROSS JOIN unnest(%(lows)s::bytea[], %(highs)s::bytea[]) WITH ORDINALITY AS wanted (low, high, number)
CROSS JOIN LATERAL (
    (SELECT first, following, data FROM jobs_searchblock
     WHERE segment_id = segment.id AND first <= wanted.low ORDER BY first DESC LIMIT 1)
    UNION ALL
    (SELECT first, following, data FROM jobs_searchblock
     WHERE segment_id = segment.id AND first > wanted.low AND first <= wanted.high
     ORDER BY first LIMIT {MOST_BLOCKS})) AS block"""  # noqa: S608  constants only

_ALL_MEMBERS = Lookup(((MEMBERS, MEMBERS),))

Stored = tuple[bytes, bytes, bytes]  # first, following, data


def look_up(segments: Iterable[int], lookup: Lookup) -> dict[int, int | None]:
    """The offsets (as bits) of each segment that have any of the terms; None where the index does not tell.

    :raises Torn: blocks are missing, or are not as they were written.
    """
    wanted = list(segments)
    found: dict[int, int | None] = dict.fromkeys(wanted, 0)
    for (segment, number), blocks in _blocks(wanted, lookup).items():
        low, high = lookup.ranges[number - 1]
        known = found[segment]
        some = _in_range(blocks, low, high)
        found[segment] = None if known is None or some is None else known | some
    return found


def read_terms(segments: Iterable[int], low: bytes, high: bytes) -> "Counter[bytes]":
    """The terms from `low` to `high`, of the first blocks that have some, with how many offsets have them."""
    found: Counter[bytes] = Counter()
    try:
        for blocks in _blocks(list(segments), Lookup(((low, high),))).values():
            for _, _, data in blocks:
                found.update({term: size(stored) for term, stored in find(data, low, high)})
    except Torn:
        return found
    return found


def members(segments: Iterable[int]) -> dict[int, int]:
    """The offsets of each segment's jobs. Raises `Torn`."""
    return {segment: found or 0 for segment, found in look_up(segments, _ALL_MEMBERS).items()}


def _blocks(segments: Sequence[int], lookup: Lookup) -> Mapping[tuple[int, int], list[Stored]]:
    """The blocks of each segment and range, in their order; every segment has some of every range."""
    lows, highs = ([ends[n] for ends in lookup.ranges] for n in (0, 1))
    blocks: dict[tuple[int, int], list[Stored]] = defaultdict(list)
    for segment, number, *block in _fetch({"segments": list(segments), "lows": lows, "highs": highs}):
        blocks[segment, number].append((block[0], block[1], block[2]))
    if len(blocks) < len(segments) * len(lookup.ranges):
        raise Torn
    return blocks


def _in_range(blocks: list[Stored], low: bytes, high: bytes) -> int | None:
    blocks.sort()
    _check(blocks, low, high)
    if len(blocks) > MOST_BLOCKS:
        return None
    found = 0
    for _, _, data in blocks:
        for _, stored in find(data, low, high):
            found |= bits(stored)
    return found


def _check(blocks: list[Stored], low: bytes, high: bytes) -> None:
    """Each block names the next one, so that none can be missing unnoticed."""
    whole = blocks[0][0] <= low and all(block[1] == following[0] for block, following in pairwise(blocks))
    last = blocks[-1][1]
    if not whole or not (len(blocks) > MOST_BLOCKS or last == b"" or last > high):
        raise Torn


def _fetch(params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """In binary: as text every byte would be two."""
    connection = reader()
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(_BLOCKS, params, binary=True).fetchall()

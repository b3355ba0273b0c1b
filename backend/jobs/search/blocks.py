"""Posting lists as they are stored: which of 65,536 ids have a term. Pure.

A posting list is the sorted offsets of ids in their shelf, two bytes each, or, where more than 4,095 have the
term, a bitmap of 8 kB (the containers of Roaring bitmaps). Short lists of neighbouring terms share a block;
a block is found by its first term and names the first term of the next one, so that a lookup sees whether
any is missing.
"""

import struct
import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SHELF = 65_536  # ids
MEMBERS = b""  # the term that every job of a segment has; sorts before all others

_BITMAP_BYTES = SHELF // 8
_LONGEST_LIST = 4095  # offsets: one more would need as many bytes as a bitmap
_ALONE = 512  # bytes of a list that has a block of its own
_FULL = 1800  # bytes: such a block stays within its row of the table
_HEAD = struct.Struct("<IHI")  # checksum of what follows it, number of terms, bytes of the terms
_SEPARATOR = b"\n"
_ONE = ord("1")
_FEW = 300  # bits that are taken out of a number one by one
_BITS = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]


class Torn(Exception):
    """A block is not as it was written, or is not there: its segment tells nothing."""


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring terms and their lists. `following`: the next block's `first`; empty after the last."""

    first: bytes
    following: bytes
    data: bytes


def write(lists: Mapping[bytes, Sequence[int]]) -> list[Block]:
    """Put lists into blocks. Each has its offsets sorted; terms contain no line break."""
    groups = list(_grouped(lists))
    firsts = [group[0][0] for group in groups]
    following = [*firsts[1:], b""]
    return [
        Block(first, after, _pack(group))
        for first, after, group in zip(firsts, following, groups, strict=True)
    ]


def find(data: bytes, low: bytes, high: bytes) -> list[tuple[bytes, bytes]]:
    """The terms of a block from `low` to `high` with their lists, for `bits`. Raises `Torn`."""
    try:
        checksum, number, length = _HEAD.unpack_from(data)
    except struct.error as error:
        raise Torn from error
    if zlib.crc32(data[4:]) != checksum:
        raise Torn
    terms = data[_HEAD.size : _HEAD.size + length].split(_SEPARATOR)
    first, beyond = bisect_left(terms, low), bisect_right(terms, high)
    if first == beyond:
        return []
    lists = _HEAD.size + length + 2 * number
    sizes = _numbers(data[_HEAD.size + length : lists])
    place = lists + sum(sizes[:first])
    found = []
    for term, size in zip(terms[first:beyond], sizes[first:beyond], strict=True):
        found.append((term, data[place : place + size]))
        place += size
    return found


def bits(stored: bytes) -> int:
    """A list as one number: bit n stands for offset n."""
    if len(stored) == _BITMAP_BYTES:
        return int.from_bytes(stored, "little")
    offsets = _numbers(stored)
    if len(offsets) <= 8:
        return sum(1 << offset for offset in offsets)
    return from_offsets(offsets)


def size(stored: bytes) -> int:
    """How many offsets a list has."""
    return bits(stored).bit_count() if len(stored) == _BITMAP_BYTES else len(stored) // 2


def from_offsets(offsets: Iterable[int]) -> int:
    """The number whose bits these are."""
    flags = bytearray(_BITMAP_BYTES)
    for offset in offsets:
        flags[offset >> 3] |= 1 << (offset & 7)
    return int.from_bytes(flags, "little")


def to_offsets(number: int, *, descending: bool) -> list[int]:
    """The bits of a number, from the highest or from the lowest."""
    offsets = _few(number) if number.bit_count() <= _FEW else _many(number)
    return offsets[::-1] if descending else offsets


def _few(number: int) -> list[int]:
    found = []
    while number:
        lowest = number & -number
        found.append(lowest.bit_length() - 1)
        number ^= lowest
    return found


def _many(number: int) -> list[int]:
    flags = number.to_bytes(_BITMAP_BYTES, "little")
    return [8 * place + bit for place, byte in enumerate(flags) if byte for bit in _BITS[byte]]


def _grouped(lists: Mapping[bytes, Sequence[int]]) -> Iterator[list[tuple[bytes, bytes]]]:
    """Neighbouring terms with their lists, as many as fill a block."""
    group: list[tuple[bytes, bytes]] = []
    filled = 0
    for term in sorted(lists):
        stored = _stored(lists[term])
        alone = len(stored) > _ALONE
        if group and (alone or filled + len(term) + len(stored) > _FULL):
            yield group
            group, filled = [], 0
        group.append((term, stored))
        filled += len(term) + len(stored) + 3
        if alone:
            yield group
            group, filled = [], 0
    if group:
        yield group


def _stored(offsets: Sequence[int]) -> bytes:
    if len(offsets) > _LONGEST_LIST:
        return _bitmap(offsets)
    return _little(array("H", offsets)).tobytes()


def _bitmap(offsets: Sequence[int]) -> bytes:
    """The same as `from_offsets`, for many: their digits, read as one number."""
    digits = bytearray(b"0") * SHELF
    for offset in offsets:
        digits[SHELF - 1 - offset] = _ONE
    return int(digits, 2).to_bytes(_BITMAP_BYTES, "little")


def _pack(group: list[tuple[bytes, bytes]]) -> bytes:
    terms = _SEPARATOR.join(term for term, _ in group)
    sizes = _little(array("H", (len(stored) for _, stored in group))).tobytes()
    rest = _HEAD.pack(0, len(group), len(terms))[4:] + terms + sizes + b"".join(stored for _, stored in group)
    return zlib.crc32(rest).to_bytes(4, "little") + rest


def _numbers(stored: bytes) -> "array[int]":
    found = array("H")
    found.frombytes(stored)
    return _little(found)


def _little(offsets: "array[int]") -> "array[int]":
    """In the order of bytes that is stored, whatever this machine's is; and back."""
    if sys.byteorder == "big":
        offsets = offsets[:]
        offsets.byteswap()
    return offsets

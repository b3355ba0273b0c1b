"""Posting lists come back from their blocks as they went in, and what is torn is noticed."""

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.search.blocks import SHELF, Torn, bits, find, from_offsets, to_offsets, write

OFFSETS = st.sets(st.integers(0, SHELF - 1), min_size=1, max_size=60) | st.builds(
    lambda first, count: set(range(first, min(SHELF, first + count))),
    st.integers(0, 60_000),
    st.integers(1, 9_000),
)
LISTS = st.dictionaries(st.text("abc\xe9=:", max_size=5).map(str.encode), OFFSETS, min_size=1, max_size=40)


@settings(max_examples=150, deadline=None)
@given(LISTS, st.text("abc", max_size=3).map(str.encode))
def test_lists_come_back_as_they_went_in(lists: dict[bytes, set[int]], prefix: bytes) -> None:
    blocks = write({term: array("H", sorted(offsets)) for term, offsets in lists.items()})

    read = [entry for block in blocks for entry in find(block.data, b"", b"\xff")]
    assert {term: set(to_offsets(bits(stored), descending=True)) for term, stored in read} == lists
    assert [term for term, _ in read] == sorted(lists)
    assert [block.following for block in blocks] == [*(block.first for block in blocks[1:]), b""]
    some = [term for block in blocks for term, _ in find(block.data, prefix, prefix + b"\xff")]
    assert some == sorted(term for term in lists if term.startswith(prefix))


@given(OFFSETS)
def test_offsets_are_read_from_either_end(offsets: set[int]) -> None:
    number = from_offsets(offsets)
    assert to_offsets(number, descending=False) == sorted(offsets)
    assert to_offsets(number, descending=True) == sorted(offsets, reverse=True)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_block_that_was_changed_is_not_trusted(data: st.DataObject) -> None:
    (block,) = write({b"a": array("H", [1, 2]), b"b": array("H", [3])})
    place = data.draw(st.integers(0, len(block.data) - 1))
    changed = bytearray(block.data)
    changed[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(Torn):
        find(bytes(changed), b"a", b"b")
    with pytest.raises(Torn):
        find(block.data[:place], b"a", b"b")


def test_a_block_stays_within_its_row() -> None:
    blocks = write({b"word%05d" % number: array("H", [number]) for number in range(20_000)})

    assert max(len(block.data) for block in blocks) < 1950
    assert len(blocks) < 250

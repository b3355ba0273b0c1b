"""What the parser of bodies lets through, and how it names what it refuses."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.parsers import parse_json
from api.renderers import to_json
from jobs.errors import MalformedBody

plain_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner)
    ),
    max_leaves=20,
)


@given(plain_json)
def test_plain_json_comes_through_unchanged(value: Any) -> None:
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(to_json(value)) == value


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        (b'{"a": 1, "a": 2}', "a", "repeated"),
        (b'{"o": {"x": 1, "y": 2, "y": 2}}', "o.y", "repeated"),
        (b'{"l": [1, NaN]}', "l.1", "not finite"),
        (b'{"n": Infinity}', "n", "not finite"),
        (b'{"n": -Infinity}', "n", "not finite"),
        (b'{"n": 1e309}', "n", "too large"),
        (b'{"n": 9223372036854775808}', "n", "64 bits"),
        (b'{"name": "a\\u0000b"}', "name", "NUL"),
        (b'{"name": "\\ud800"}', "name", "surrogate"),
        (b'{"e": {"a\\u0000": 1}}', "e.a\\u0000", "NUL"),
        (b'{"e": {"\\udfff": 1}}', "e.\\udfff", "surrogate"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, ".".join("a" * 32), "nest"),
    ],
)
def test_each_flaw_is_refused_with_its_place(body: bytes, field: str, says: str) -> None:
    with pytest.raises(MalformedBody) as refused:
        parse_json(body)

    assert [error.field for error in refused.value.errors] == [field]
    assert says in refused.value.errors[0].message


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b'{"a": 1', "line 1, column"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": 1} x', "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8: byte 7"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b'\xef\xbb\xbf{"a": 1}', "not JSON"),
        (b"1" * 5000, "too many digits"),
        (b'"a\nb"', "not JSON"),
    ],
)
def test_what_is_no_json_is_refused_with_the_position(body: bytes, says: str) -> None:
    with pytest.raises(MalformedBody) as refused:
        parse_json(body)

    assert says in refused.value.detail


def test_nesting_without_end_is_refused_and_not_a_crash() -> None:
    with pytest.raises(MalformedBody, match="not valid JSON"):
        parse_json(b"[" * 500_000)


def test_nesting_up_to_the_limit_is_fine() -> None:
    assert parse_json(b"[" * 32 + b"]" * 32)


def test_many_flaws_are_not_all_told() -> None:
    with pytest.raises(MalformedBody) as refused:
        parse_json(json.dumps([float("nan")] * 1000).encode())

    assert len(refused.value.errors) == 20

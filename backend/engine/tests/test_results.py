import pytest

from engine.executors.base import LARGEST_RESULT
from engine.results import BadResult, parse_result


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": [1, 2.5, null, true, "x"]}', {"a": [1, 2.5, None, True, "x"]}),
        (b" 3 \n", 3),
        ('"é"'.encode(), "é"),
        (rb'"\u0000"', "\N{REPLACEMENT CHARACTER}"),
        (rb'{"\ud800": "\udfff"}', {"\N{REPLACEMENT CHARACTER}": "\N{REPLACEMENT CHARACTER}"}),
        (rb'"\ud83d\ude00"', "\N{GRINNING FACE}"),
    ],
)
def test_json_is_taken_and_cleaned(data: bytes, value: object) -> None:
    assert parse_result(data) == value


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"{broken", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"NaN", "JSON has no NaN"),
        (b"[Infinity]", "JSON has no Infinity"),
        (b"[1e309]", "too large"),
        (b"1" * 5000, "not JSON"),
        (b"[" * 200 + b"]" * 200, "nested"),
        (b"[" * 100_000 + b"]" * 100_000, "nested"),
        (b'"' + b"x" * LARGEST_RESULT + b'"', "more than"),
    ],
)
def test_what_cannot_be_taken_says_why(data: bytes, why: str) -> None:
    with pytest.raises(BadResult, match=why):
        parse_result(data)

"""The language of searches: what is written is understood, or the place that is not is named."""

from datetime import UTC, datetime
from math import inf, nextafter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.queries import FIELDS, Criterion
from jobs.queries.criteria import TEXT
from jobs.search.grammar import LONGEST, MOST_ITEMS, QUALIFIERS, BadQuery, parse, read_items


def day(number: int) -> datetime:
    return datetime(2026, 11, number, tzinfo=UTC)


UNDERSTOOD: list[tuple[str, tuple[Criterion, ...]]] = [
    ("", ()),
    ("  \t ", ()),
    ("resn", (Criterion(TEXT, ("resn",)),)),
    ("ResNet Train", (Criterion(TEXT, ("resnet",)), Criterion(TEXT, ("train",)))),
    ("fit_model.py", (Criterion(TEXT, ("fit-model-py",)),)),
    ("resn*", (Criterion(TEXT, ("resn",)),)),
    ('"Fit model"', (Criterion(TEXT, ('"fit model"',)),)),
    ("-slow", (Criterion(TEXT, ("slow",), negated=True),)),
    ("12:30", (Criterion(TEXT, ("12-30",)),)),
    ("status:failed", (Criterion("status", ("FAILED",)),)),
    ("Status:FAILED,cancelled", (Criterion("status", ("FAILED", "CANCELLED")),)),
    ("-tag:old", (Criterion("tag", ("old",), negated=True),)),
    ('tag:"a \\"b\\", c",d', (Criterion("tag", ('a "b", c', "d")),)),
    ("queue:gpu,gpu", (Criterion("queue", ("gpu",)),)),
    ("owner:me,bob", (Criterion("owner", ("ann", "bob")),)),
    ("reason:out_of_memory", (Criterion("reason", ("out_of_memory",)),)),
    ("kind:run", (Criterion("kind", ("run",)),)),
    ("id:1-500", (Criterion("id", ((1, 500),)),)),
    ("id:7,9", (Criterion("id", ((7, 7), (9, 9))),)),
    ("id:>500", (Criterion("id", ((501, 2**63 - 1),)),)),
    ("id:..500", (Criterion("id", ((1, 500),)),)),
    ("priority:8,9", (Criterion("priority", (8, 9)),)),
    ("priority:>=8", (Criterion("priority", least=8),)),
    ("priority:<3", (Criterion("priority", most=2),)),
    ("priority:3..5", (Criterion("priority", least=3, most=5),)),
    ("exit_code:>0", (Criterion("exit_code", least=1),)),
    ("exit_code:-1", (Criterion("exit_code", (-1,)),)),
    ("created:2026-11-01", (Criterion("created_at", least=day(1), most=day(2)),)),
    ("created:>2026-11-01", (Criterion("created_at", least=day(2)),)),
    ("created:>=2026-11-01", (Criterion("created_at", least=day(1)),)),
    ("created:<2026-11-01", (Criterion("created_at", most=day(1)),)),
    ("created:<=2026-11-01", (Criterion("created_at", most=day(2)),)),
    ("created:2026-11-01..2026-11-02", (Criterion("created_at", least=day(1), most=day(3)),)),
    ("completed:2026-11", (Criterion("completed_at", least=day(1), most=datetime(2026, 12, 1, tzinfo=UTC)),)),
    ("started:<2026-11-02T01:00:00+01:00", (Criterion("started_at", most=day(2)),)),
    ("duration:>1h", (Criterion("duration", least=nextafter(3600, inf)),)),
    ("duration:5m..2h", (Criterion("duration", least=300, most=7200),)),
    (
        'status:failed "out of memory" -tag:old',
        (
            Criterion("status", ("FAILED",)),
            Criterion(TEXT, ('"out of memory"',)),
            Criterion("tag", ("old",), negated=True),
        ),
    ),
]

REFUSED: list[tuple[str, int, str]] = [
    ("train stauts:failed", 6, "Did you mean status:?"),
    ("foo:bar", 0, "To look for it as text"),
    ("status:faild", 7, "Did you mean FAILED?"),
    ("status:", 7, "pending"),
    ("status: failed", 7, "pending"),
    ("status:failed,", 14, "pending"),
    ("status:failed,,cancelled", 14, "pending"),
    ("status:>failed", 7, "Leave > out"),
    ('a "b c', 2, "where it ends"),
    ("---", 1, ""),
    ("a ***", 2, ""),
    ('""', 0, ""),
    ("id:0", 3, ""),
    ("id:x", 3, ""),
    ("priority:11", 9, ""),
    ("priority:3..x", 12, ""),
    ("priority:..", 9, "3..5"),
    ("priority:>3,4", 12, "one more qualifier"),
    ("duration:90", 9, "duration:>90"),
    ("duration:>soon", 10, "1.5h"),
    ("created:yesterday", 8, "2026-11-01"),
    ("created:2026-02-30", 8, "2026-11-01"),
    ("created:>9999-12-31", 9, "2026-11-01"),
    ("created:2026-11-01T12:00:00", 8, "2026-11-01"),
    ("a\0", 1, ""),
    ("x" * (LONGEST + 1), LONGEST, ""),
    ("a " * (MOST_ITEMS + 1), 2 * MOST_ITEMS, ""),
]


@pytest.mark.parametrize(("query", "criteria"), UNDERSTOOD)
def test_what_is_written_is_what_is_asked(query: str, criteria: tuple[Criterion, ...]) -> None:
    assert parse(query, me="ann") == criteria


@pytest.mark.parametrize(("query", "position", "hint"), REFUSED)
def test_the_place_of_a_mistake_is_named_with_a_way_out(query: str, position: int, hint: str) -> None:
    with pytest.raises(BadQuery) as refused:
        parse(query)
    message, said = refused.value.args
    assert refused.value.position == position
    assert message
    assert hint in said


PIECES = st.sampled_from(
    [
        *(f"{name}:" for name in QUALIFIERS),
        *'-<>=.,:"\\ *_/',
        "..",
        ">=",
        "failed",
        "2026-11-01",
        "1h",
        "7",
        "\t",
        "é",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join) | st.text(max_size=60)


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_any_text_is_understood_or_names_a_place_in_it(query: str) -> None:
    try:
        parse(query, me="ann")
    except BadQuery as refused:
        assert 0 <= refused.position <= len(query)
        assert refused.args[0]


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_a_query_that_is_written_out_again_asks_the_same(query: str) -> None:
    try:
        items = read_items(query)
        asked = parse(query)
    except BadQuery:
        return
    assert parse(" ".join(map(str, items))) == asked


def test_every_field_has_a_qualifier() -> None:
    assert {*QUALIFIERS.values(), TEXT} == set(FIELDS)


@pytest.mark.parametrize("query", [query for query, _ in UNDERSTOOD])
def test_what_is_asked_can_be_stored(query: str) -> None:
    asked = parse(query, me="ann")
    stored: list[dict[str, Any]] = [one.plain() for one in asked]
    assert tuple(Criterion.read(one) for one in stored) == asked

"""GET /api/jobs/?q=: a search finds what is asked, or says which character is wrong."""

from urllib.parse import quote

import pytest

from accounts.tests.factories import user
from jobs.tests import factories

from .api import Api


def test_words_are_looked_for_in_name_command_tags_and_error(api: Api) -> None:
    jobs = {
        "name": factories.tracked(name="Train ResNet-50"),
        "command": factories.pending(name="b", command="python fitModel.py --fast"),
        "tags": factories.tracked(name="c", tags=["nightly-run"]),
        "error": factories.failed(name="d"),
    }
    for query, found in [
        ("resn", "name"), ("resnet-5", "name"), ("model", "command"), ('"fast"', "command"),
        ("NIGHTLY", "tags"), ('"it went wrong"', "error"), ("went -resnet", "error"),
    ]:  # fmt: skip
        assert api.get(f"jobs/?q={quote(query)}").ids() == [jobs[found].pk], query
    assert api.get("jobs/?q=unknown").ids() == []


def test_qualifiers_words_and_filters_hold_together(api: Api) -> None:
    ann = user("ann")
    wanted = factories.tracked(name="sum up", tags=["x", "new"], priority=8, owner=ann)
    factories.tracked(name="sum up", tags=["x", "old"], priority=8, owner=ann)
    factories.tracked(name="sum up", tags=["x", "new"], priority=3, owner=ann)
    query = quote(f"sum tag:x -tag:old status:pending owner:ann id:1-{wanted.pk + 9}")

    assert api.get(f"jobs/?q={query}&priority_min=5").ids() == [wanted.pk]


def test_me_is_who_asks(api: Api) -> None:
    mine = factories.tracked(owner=api.person)
    factories.tracked(owner=user("somebody"))

    assert api.get("jobs/?q=owner:me").ids() == [mine.pk]


def test_a_count_is_of_the_search_not_of_everything(api: Api) -> None:
    factories.tracked(), factories.failed()

    for query in ("-status:failed", "status:pending status:pending,failed"):
        answer = api.get(f"jobs/?q={quote(query)}").body
        assert (answer["count"], answer["count_kind"]) == (1, "exact")


def test_a_page_leads_on_to_the_next(api: Api) -> None:
    ids = [factories.tracked(name=f"sum {number}").pk for number in range(5)]
    factories.tracked(name="other")

    first = api.get("jobs/?q=sum&size=2").body
    second = api.get(f"jobs/?q=sum&size=2&cursor={first['next_cursor']}")

    assert [job["id"] for job in first["results"]] == ids[:-3:-1]
    assert second.ids() == ids[2:0:-1]


@pytest.mark.parametrize(("query", "position", "hint"), [
    ("train stauts:failed", 6, "Did you mean status:?"),
    ('train "resnet', 6, "where it ends"),
    ("created:soon", 8, "2026-11-01"),
])  # fmt: skip
def test_an_error_points_at_the_character(api: Api, query: str, position: int, hint: str) -> None:
    answer = api.get(f"jobs/?q={quote(query)}")

    assert answer.status == 400
    (error,) = answer.body["errors"]
    assert (error["field"], error["position"]) == ("q", position)
    assert hint in error["hint"]


def test_a_search_in_another_order_finds_the_same(api: Api) -> None:
    ids = [factories.tracked(name=f"sum {number}", priority=number).pk for number in (3, 9, 5)]
    factories.tracked(name="other", priority=7)

    assert api.get("jobs/?q=sum&ordering=-priority").ids() == [ids[1], ids[2], ids[0]]
    assert api.get("jobs/?q=sum&ordering=created_at").ids() == ids


def test_a_cursor_goes_on_in_its_own_search_however_that_is_said(api: Api) -> None:
    ids = [factories.failed().pk for _ in range(3)]
    cursor = api.get("jobs/?q=status:failed&size=1").body["next_cursor"]

    assert api.get(f"jobs/?status=FAILED&size=1&cursor={cursor}").ids() == [ids[1]]
    assert "cursor" in api.get(f"jobs/?q=status:cancelled&size=1&cursor={cursor}").errors()


def test_suggestions_come_with_the_place_they_take(api: Api) -> None:
    factories.failed()

    answer = api.get("jobs/search/suggest/?q=sum%20status%3Afa&caret=13").body
    assert answer == {
        "start": 11,
        "end": 13,
        "suggestions": [{"text": "failed", "says": "", "jobs": 1}],
    }
    assert "caret" in api.get("jobs/search/suggest/?q=a&caret=-1").errors()
    assert "q" in api.get(f"jobs/search/suggest/?q={'a' * 1001}").errors()

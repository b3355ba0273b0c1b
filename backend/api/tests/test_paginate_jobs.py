"""GET /api/jobs/: pages by number, cursors to any depth."""

from urllib.parse import parse_qs, urlsplit

import pytest

from jobs.models import Job
from jobs.queries import ORDERS, walk
from jobs.tests import factories

from .api import Answer, Api


@pytest.fixture
def mixed(api: Api) -> list[int]:
    """Jobs with equal and with empty values in every column that can be ordered by."""
    makers: list[factories.Maker] = [
        factories.tracked,
        factories.running,
        factories.failed,
        factories.completed,
    ]
    ids = [makers[n % 4](priority=n % 3 + 1, name=f"job {n % 2}").pk for n in range(10)]
    Job.objects.filter(pk__in=ids[:4]).update(created_at="2026-01-01T00:00:00Z")
    return ids


def follow(api: Api, answer: Answer, link: str) -> Answer:
    return api.get(answer.body[link].removeprefix("/api/"))


def test_pages_by_number(api: Api) -> None:
    ids = [factories.tracked().pk for _ in range(5)]

    first = api.get("jobs/?ordering=id&size=2&status=PENDING")
    second = follow(api, first, "next")
    third = follow(api, second, "next")

    assert [page.ids() for page in (first, second, third)] == [ids[:2], ids[2:4], ids[4:]]
    assert first.body["previous"] is None and third.body["next"] is None
    assert third.body["next_cursor"] is None
    assert follow(api, third, "previous").ids() == ids[2:4]
    assert parse_qs(urlsplit(first.body["next"]).query) == {
        "ordering": ["id"],
        "size": ["2"],
        "status": ["PENDING"],
        "page": ["2"],
    }
    assert api.get("jobs/?page=9").ids() == []


@pytest.mark.parametrize("ordering", ORDERS)
def test_a_cursor_walks_through_everything_once_and_back(api: Api, mixed: list[int], ordering: str) -> None:
    whole = api.get(f"jobs/?ordering={ordering}&size=100").ids()
    assert sorted(whole) == mixed

    answer = api.get(f"jobs/?ordering={ordering}&size=3")
    seen = answer.ids()
    pages = [answer.ids()]
    while answer.body["next_cursor"]:
        answer = api.get(f"jobs/?ordering={ordering}&size=3&cursor={answer.body['next_cursor']}")
        seen += answer.ids()
        pages.append(answer.ids())
    assert seen == whole

    back = [answer.ids()]
    while answer.body["previous"]:
        answer = follow(api, answer, "previous")
        back.append(answer.ids())
    assert back == pages[::-1]
    assert follow(api, answer, "next").ids() == pages[1]


def test_a_cursor_keeps_its_place_while_jobs_come_and_go(api: Api) -> None:
    ids = [factories.tracked().pk for _ in range(6)]
    cursor = api.get("jobs/?size=2").body["next_cursor"]
    factories.tracked()
    Job.objects.filter(pk=ids[4]).delete()

    assert api.get(f"jobs/?size=2&cursor={cursor}").ids() == [ids[3], ids[2]]


def test_a_cursor_holds_for_its_own_list_only(api: Api) -> None:
    for _ in range(3):
        factories.tracked()
    cursor = api.get("jobs/?size=1&status=PENDING").body["next_cursor"]

    for other in ("status=RUNNING", "", "status=PENDING&ordering=id", "status=PENDING&priority=5"):
        answer = api.get(f"jobs/?size=1&{other}&cursor={cursor}")
        assert (answer.status, list(answer.errors())) == (400, ["cursor"])
    assert api.get(f"jobs/?size=2&status=PENDING&cursor={cursor}").status == 200
    body, signature = cursor.split(":")
    assert api.get(f"jobs/?status=PENDING&cursor={body[:-2]}AA:{signature}").status == 400


def test_a_page_and_a_cursor_do_not_go_together(api: Api) -> None:
    factories.tracked(), factories.tracked()
    cursor = api.get("jobs/?size=1").body["next_cursor"]

    assert list(api.get(f"jobs/?page=2&cursor={cursor}").errors()) == ["page"]


def test_pages_reach_ten_thousand_rows_and_the_cursor_goes_on(api: Api) -> None:
    deep = api.get("jobs/?page=101&size=100")

    assert (deep.status, deep.body["type"]) == (400, "urn:jobdeck:problem:page_too_deep")
    assert "next_cursor" in deep.body["hint"]
    assert api.get("jobs/?page=100&size=100").status == 200


def test_the_last_numbered_page_links_to_a_cursor(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.bounds.DEEPEST_ROW", 4)
    ids = [factories.tracked().pk for _ in range(6)]

    last = api.get("jobs/?ordering=id&size=2&page=2")

    assert "cursor=" in last.body["next"] and "page=" not in last.body["next"]
    assert follow(api, last, "next").ids() == ids[4:]


def test_an_empty_part_of_a_list_still_leads_back(api: Api) -> None:
    ids = [factories.tracked().pk for _ in range(4)]
    cursor = api.get("jobs/?ordering=id&size=3").body["next_cursor"]
    Job.objects.filter(pk=ids[3]).delete()

    answer = api.get(f"jobs/?ordering=id&size=3&cursor={cursor}")

    assert answer.ids() == []
    assert follow(api, answer, "previous").ids() == ids[:2]


def test_link_headers_name_the_neighbouring_pages(api: Api) -> None:
    for _ in range(5):
        factories.tracked()

    first = api.get("jobs/?size=2&status=PENDING&status=RUNNING")
    second = follow(api, first, "next")

    links = dict(part.split("; rel=")[::-1] for part in second.headers["Link"].split(", "))
    assert links == {
        '"first"': "</api/jobs/?size=2&status=PENDING&status=RUNNING>",
        '"prev"': f"<{second.body['previous']}>",
        '"next"': f"<{second.body['next']}>",
    }
    assert 'rel="prev"' not in first.headers["Link"]


def test_past_what_is_counted_a_count_is_at_least(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "COUNT_MILLISECONDS", 0)
    monkeypatch.setattr(walk, "MOST_AT_FIRST", 3)
    monkeypatch.setattr(walk, "SMALLEST_SLICE", 3)
    for _ in range(5):
        factories.tracked(name="x")

    first = api.get("jobs/?name=x&size=2").body
    second = api.get(f"jobs/?name=x&size=2&cursor={first['next_cursor']}").body

    assert (first["count"], first["count_kind"]) == (3, "at_least")
    assert (second["count"], second["count_kind"]) == (3, "at_least")

"""Suggestions at the caret: what begins so, likely ones first, and never an error while one is typing."""

import pytest
from hypothesis import HealthCheck, given, settings

from accounts.tests.factories import user
from jobs.search import indexing
from jobs.search.completion import MOST, Completion, complete
from jobs.search.grammar import LONGEST
from jobs.tests import factories, rows

from .test_grammar import TEXTS

pytestmark = pytest.mark.usefixtures("transactional_db")


def texts(query: str, caret: int | None = None) -> list[str]:
    found = complete(query, len(query) if caret is None else caret)
    assert len(found.suggestions) <= MOST
    return [one.text for one in found.suggestions]


def applied(query: str, caret: int, found: Completion) -> str:
    return query[: found.start] + found.suggestions[0].text + query[found.end :]


def test_qualifiers_are_suggested_by_how_they_begin() -> None:
    assert texts("st") == ["status:", "started:"]
    assert texts("resnet -ta") == ["tag:"]
    assert texts("")[:2] == ["status:", "queue:"]


def test_values_are_suggested_with_how_many_jobs_have_them() -> None:
    for _ in range(2):
        factories.tracked(queue="gpu")
    factories.failed(queue="gpu long")

    found = complete("status:", 7).suggestions
    assert [(one.text, one.jobs) for one in found][:2] == [("pending", 2), ("failed", 1)]
    assert texts("queue:g") == ["gpu", '"gpu long"']
    assert texts("queue:long") == ['"gpu long"']
    assert texts("reason:out") == ["out_of_memory", "timeout"]
    assert texts("status:failed,ca") == ["cancelled"]
    assert texts("created:")[0].startswith(">=20")


def test_people_workers_tags_and_words_are_suggested() -> None:
    ann = user("ann-lee")
    factories.worker(name="anvil-7")
    factories.tracked(owner=ann, name="resnet run", tags=["nightly", "old one"])
    try:
        assert texts("owner:an") == ["ann-lee"]
        assert texts("owner:m")[0] == "me"
        assert texts("worker:anv") == ["anvil-7"]
        assert texts("tag:ni") == ["nightly"]
        assert texts("tag:o") == ['"old one"']
        assert texts("resn") == ["resnet"]
    finally:
        rows.clean()
        ann.delete()


def test_what_the_index_has_is_suggested_after_the_newest_jobs_have_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexing, "FEWEST_NEW", 1)
    rows.submit(name="resnet", tags=["nightly"])
    indexing.catch_up()
    rows.sql("DELETE FROM jobs_job")

    assert texts("tag:ni") == ["nightly"]
    assert texts("resn") == ["resnet"]


@pytest.mark.parametrize(("query", "caret", "after"), [
    ("sta resnet", 2, "status: resnet"),
    ("a status:fai", 12, "a status:failed"),
    ("status:fa,cancelled", 9, "status:failed,cancelled"),
    ("-sta", 4, "-status:"),
])  # fmt: skip
def test_a_suggestion_takes_the_place_of_what_is_being_typed(query: str, caret: int, after: str) -> None:
    assert applied(query, caret, complete(query, caret)) == after


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_any_place_in_any_text_is_answered(query: str) -> None:
    for caret in {0, len(query) // 2, len(query)}:
        found = complete(query.replace("\0", "")[:LONGEST], min(caret, len(query.replace("\0", ""))))
        assert 0 <= found.start <= found.end <= len(query)

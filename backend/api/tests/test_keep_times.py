"""/api/keep-times/: read by everybody, set by operators, whole or not at all."""

from typing import Any

import pytest

from jobs.archive import keeping
from jobs.archive.keeping import Keep

from .api import Api

NEVER = {"archive_after_days": None, "delete_logs_after_days": None, "delete_after_days": None}


def test_a_queue_gets_times_of_its_own(api: Api) -> None:
    own = {"archive_after_days": 30, "delete_logs_after_days": None, "delete_after_days": 400}
    answer = api.send("PUT", "keep-times/gpu/", own, {})
    assert (answer.status, answer.body) == (200, {"queue": "gpu", **own})
    assert keeping.of_queues() == {"gpu": Keep(**own)}
    assert api.get("keep-times/").body == {"default": NEVER, "queues": [{"queue": "gpu", **own}]}


def test_all_three_have_to_be_said(api: Api) -> None:
    keeping.set_for("gpu", Keep(archive_after_days=30))
    assert set(api.send("PUT", "keep-times/gpu/", {}, {}).errors()) == set(NEVER)
    assert keeping.of_queues() == {"gpu": Keep(archive_after_days=30)}


def test_a_queue_has_the_times_of_all_others_again(api: Api) -> None:
    keeping.set_for("gpu", Keep())
    assert api.delete("keep-times/gpu/").status == 204
    assert api.delete("keep-times/gpu/").status == 204
    assert api.get("keep-times/").body["queues"] == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"archive_after_days": 0}, "archive_after_days"),
        ({"archive_after_days": 1.5}, "archive_after_days"),
        ({"archive_after_days": "30"}, "archive_after_days"),
        ({"archive_after_days": True}, "archive_after_days"),
        ({"archive_after_days": 36601}, "archive_after_days"),
        ({"delete_after_days": 30}, "delete_after_days"),
        ({"archive_after_days": 30, "delete_logs_after_days": 29}, "delete_logs_after_days"),
        ({"archive_after": 30}, "archive_after"),
        ({"queue": "cpu"}, "queue"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(api: Api, body: Any, wrong: str) -> None:
    answer = api.send("PUT", "keep-times/gpu/", NEVER | body, {})
    assert (answer.status, list(answer.errors())) == (400, [wrong])
    assert keeping.of_queues() == {}


def test_no_queue_has_such_a_name(api: Api) -> None:
    answer = api.send("PUT", f"keep-times/{'q' * 65}/", NEVER, {})
    assert (answer.status, list(answer.errors())) == (400, ["queue"])


def test_only_operators_set_them(submitter: Api) -> None:
    assert submitter.send("PUT", "keep-times/gpu/", NEVER, {}).status == 403
    assert submitter.delete("keep-times/gpu/").status == 403
    assert submitter.get("keep-times/").status == 200
    assert keeping.of_queues() == {}

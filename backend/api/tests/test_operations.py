"""Operations over HTTP: previewed exactly, begun as previewed, watched, aborted, undone."""

from typing import Any

import pytest

from accounts.roles import Role
from accounts.tests.factories import user
from jobs.models import Job, Operation
from jobs.operations import Operations
from jobs.tests import factories

from .api import Answer, Api


def preview(api: Api, action: str = "cancel", **said: Any) -> Answer:
    return api.post("operations/preview/", {"action": action, **said})


def begin(api: Api, action: str = "cancel", **said: Any) -> Answer:
    return api.post("operations/", {"action": action, **said})


def carry_out(api: Api, operation: Answer) -> Any:
    """To its end; the operation as it is then."""
    assert operation.status == 202, operation.body
    while Operations(lambda error: False).carry_on(5) == 0:
        pass
    return api.get(f"operations/{operation.body['id']}/").body


def counts(split: Any) -> dict[str, int]:
    return {one["outcome"]: one["jobs"] for one in split}


def test_a_preview_says_what_would_happen_and_changes_nothing(api: Api) -> None:
    factories.pending(queue="gpu")
    factories.running(queue="gpu")
    factories.failed(queue="gpu")
    factories.pending(queue="cpu")

    answer = preview(api, selection={"queue": "gpu"})

    assert (answer.status, answer.body["total"], answer.body["reversible"]) == (200, 3, True)
    assert counts(answer.body["split"]) == {"cancelled": 1, "requested": 1, "ended": 1}
    assert [one["acts"] for one in answer.body["split"]] == [True, True, False]
    assert not Operation.objects.exists()
    assert not Job.objects.filter(status="CANCELLED").exists()


def test_what_was_previewed_is_begun_and_watched(api: Api) -> None:
    job = factories.pending(tags=["old"])
    token = preview(api, selection={"tag": "old"}).body["token"]
    later = factories.pending(tags=["old"])

    begun = begin(api, selection={"tag": "old"}, preview=token)

    assert begun.headers["Location"] == f"/api/operations/{begun.body['id']}/"
    assert (begun.body["state"], begun.body["left"], begun.body["can_abort"]) == ("running", 1, True)
    done = carry_out(api, begun)
    assert (done["state"], done["handled"], done["left"], done["owner"]) == ("done", 1, None, "owner")
    assert counts(done["outcomes"]) == counts(done["expected"]) == {"cancelled": 1}
    assert (factories.again(job).status, factories.again(later).status) == ("CANCELLED", "PENDING")


def test_filters_are_those_of_the_list(api: Api) -> None:
    factories.pending(name="resnet fold 1", priority=7)
    factories.pending(name="resnet fold 2", priority=3)
    for filters, found in (
        ({"name": "RESNET"}, 2),
        ({"priority_min": 5}, 1),
        ({"status": ["PENDING", "RUNNING"], "owner": "me"}, 0),
        ({"q": "fold priority:7"}, 1),
        ({}, 2),
    ):
        assert preview(api, selection=filters).body["total"] == found


def test_a_preview_of_something_else_begins_nothing(api: Api, submitter: Api) -> None:
    job = factories.pending()
    token = preview(api, ids=[job.pk]).body["token"]

    others = [
        begin(api, ids=[job.pk, 7], preview=token),
        begin(api, "delete", ids=[job.pk], preview=token),
        begin(submitter, ids=[job.pk], preview=token),
        begin(api, ids=[job.pk], preview=f"{token}x"),
    ]

    assert [answer.status for answer in others] == [412] * 4
    assert {answer.body["type"] for answer in others} == {"urn:jobdeck:problem:stale_preview"}
    assert not Operation.objects.exists()


def test_an_aborted_operation_stops(api: Api) -> None:
    begun = begin(api, "delete", ids=[factories.failed().pk]).body
    answer = api.post(f"operations/{begun['id']}/abort/")
    assert (answer.status, answer.body["state"], answer.body["can_abort"]) == (200, "aborted", False)
    assert api.post(f"operations/{begun['id']}/abort/").status == 409
    assert Job.objects.exists()


def test_an_undo_is_an_operation_too(api: Api) -> None:
    job = factories.pending(priority=2)
    done = carry_out(api, begin(api, "set_priority", arguments={"priority": 9}, ids=[job.pk]))
    assert done["can_undo"]

    undone = carry_out(api, api.post(f"operations/{done['id']}/undo/"))

    assert (undone["action"], undone["undoes"], counts(undone["outcomes"])) == (
        "undo",
        done["id"],
        {"restored": 1},
    )
    assert factories.again(job).priority == 2
    assert api.get(f"operations/{done['id']}/").body["undone_by"] == undone["id"]
    assert api.post(f"operations/{done['id']}/undo/").status == 409


def test_outcomes_are_listed_page_by_page(api: Api) -> None:
    jobs = [factories.pending(priority=priority).pk for priority in (1, 2, 3)]
    over = factories.failed().pk
    done = carry_out(api, begin(api, "set_priority", arguments={"priority": 9}, ids=[*jobs, over]))
    path = f"operations/{done['id']}/outcomes/"

    first = api.get(f"{path}?size=3").body
    rest = api.get(f"{path}?size=3&cursor={first['next_cursor']}").body
    changed = api.get(f"{path}?outcome=changed").body["results"]

    everything = [*first["results"], *rest["results"]]
    assert sorted(one["job"] for one in everything) == sorted([*jobs, over])
    assert rest["next_cursor"] is None
    assert [(one["job"], one["before"]) for one in changed] == list(zip(jobs, (1, 2, 3), strict=True))
    assert api.get(f"{path}?outcome=ended&cursor={first['next_cursor']}").status == 400


def test_each_sees_their_own_and_operators_all(api: Api, submitter: Api, viewer: Api) -> None:
    job = factories.pending(owner=submitter.person)
    begun = begin(submitter, ids=[job.pk]).body["id"]
    assert [one["id"] for one in api.get("operations/").body["results"]] == [begun]
    assert api.get(f"operations/{begun}/").status == 200

    other = Api(user("tom", Role.SUBMITTER))
    assert other.get("operations/").body["results"] == []
    for path in ("", "outcomes/"):
        assert other.get(f"operations/{begun}/{path}").status == 404
    for path in ("abort/", "undo/"):
        assert other.post(f"operations/{begun}/{path}").status == 404
    assert begin(viewer, ids=[job.pk]).status == 403


def test_a_submitter_acts_on_their_own_jobs_only(submitter: Api) -> None:
    mine, theirs = factories.pending(owner=submitter.person), factories.pending()
    split = preview(submitter, selection={}).body["split"]
    assert counts(split) == {"cancelled": 1, "not_yours": 1}
    carry_out(submitter, begin(submitter, selection={}))
    assert (factories.again(mine).status, factories.again(theirs).status) == ("CANCELLED", "PENDING")


def test_the_same_request_twice_begins_one_operation(api: Api) -> None:
    said = {"action": "cancel", "ids": [factories.pending().pk]}
    first, again = (api.post("operations/", said, Idempotency_Key="k") for _ in range(2))
    assert (first.status, again.status, first.body["id"]) == (202, 202, again.body["id"])
    assert Operation.objects.count() == 1


def test_lists_go_on_by_cursor(api: Api) -> None:
    ids = [begin(api, ids=[1]).body["id"] for _ in range(3)]
    first = api.get("operations/?size=2").body
    rest = api.get(f"operations/?size=2&cursor={first['next_cursor']}").body
    assert [one["id"] for one in (*first["results"], *rest["results"])] == ids[::-1]
    carry_out(api, begin(api, ids=[1]))
    assert api.get("operations/?state=running").body["results"] == []


BAD: list[tuple[str, dict[str, Any]]] = [
    ("action", {"ids": [1]}),
    ("action", {"action": "explode", "ids": [1]}),
    ("action", {"action": 7, "ids": [1]}),
    ("ids", {"action": "cancel"}),
    ("ids", {"action": "cancel", "ids": [1], "selection": {}}),
    ("ids", {"action": "cancel", "ids": []}),
    ("ids", {"action": "cancel", "ids": 7}),
    ("ids.0", {"action": "cancel", "ids": [0]}),
    ("ids.0", {"action": "cancel", "ids": ["7"]}),
    ("ids.1", {"action": "cancel", "ids": [1, 2**63]}),
    ("ids", {"action": "cancel", "ids": list(range(1, 10_002))}),
    ("selection", {"action": "cancel", "selection": "status=PENDING"}),
    ("selection", {"action": "cancel", "selection": None}),
    ("selection.status", {"action": "cancel", "selection": {"status": "DONE"}}),
    ("selection.status", {"action": "cancel", "selection": {"status": []}}),
    ("selection.status", {"action": "cancel", "selection": {"status": {"not": "x"}}}),
    ("selection.statuses", {"action": "cancel", "selection": {"statuses": "PENDING"}}),
    ("selection.ordering", {"action": "cancel", "selection": {"ordering": "name"}}),
    ("selection.page", {"action": "cancel", "selection": {"page": 2}}),
    ("selection.created_after", {"action": "cancel", "selection": {"created_after": "yesterday"}}),
    ("selection.archived", {"action": "delete", "selection": {"archived": True}}),
    ("selection.q", {"action": "cancel", "selection": {"q": "status:nothing"}}),
    ("arguments.priority", {"action": "set_priority", "ids": [1]}),
    ("arguments.priority", {"action": "set_priority", "ids": [1], "arguments": {"priority": 11}}),
    ("arguments.priority", {"action": "set_priority", "ids": [1], "arguments": {"priority": "5"}}),
    ("arguments.tags", {"action": "add_tags", "ids": [1], "arguments": {}}),
    ("arguments.tags", {"action": "add_tags", "ids": [1], "arguments": {"tags": []}}),
    ("arguments.tags.0", {"action": "remove_tags", "ids": [1], "arguments": {"tags": [""]}}),
    ("arguments.status_type", {"action": "report", "ids": [1]}),
    ("arguments.status_type", {"action": "report", "ids": [1], "arguments": {"status_type": "done"}}),
    ("arguments.priority", {"action": "cancel", "ids": [1], "arguments": {"priority": 5}}),
    ("arguments", {"action": "cancel", "ids": [1], "arguments": [5]}),
    ("jobs_per_second", {"action": "cancel", "ids": [1], "jobs_per_second": 0}),
    ("preview", {"action": "cancel", "ids": [1], "preview": 7}),
    ("throttle", {"action": "cancel", "ids": [1], "throttle": 5}),
]


@pytest.mark.parametrize(("field", "said"), BAD)
def test_bad_input_names_the_field_and_begins_nothing(field: str, said: dict[str, Any], api: Api) -> None:
    answer = api.post("operations/", said)
    assert (answer.status, list(answer.errors())) == (400, [field])
    assert not Operation.objects.exists()


@pytest.mark.parametrize("path", ["0/", "abc/", f"{2**63}/", "7/", "7/outcomes/"])
def test_what_is_not_there_is_not_found(path: str, api: Api) -> None:
    assert api.get(f"operations/{path}").status == 404


@pytest.mark.parametrize("query", ["state=done", "size=0", "cursor=x", "outcome=x"])
def test_bad_parameters_are_refused(query: str, api: Api) -> None:
    assert api.get(f"operations/?{query}").status == 400

"""Jobs of the archive over HTTP: listed, shown, exported, restored, retried and deleted; nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.roles import Role
from jobs.archive import moving
from jobs.archive.moving import Due
from jobs.models import Attempt, Job
from jobs.states import Reason, Status
from jobs.tests import factories

from .api import Api


@pytest.fixture
def archived(api: Api) -> Job:
    """A job of the caller's that failed, wrote a log, and was archived; beside a live one."""
    factories.pending(name="live")
    job = factories.running(name="old", owner=api.person, tags=["a"], queue="gpu")
    factories.wrote(job, b"one\ntwo\n", complete=False)
    job = factories.end(job, Status.FAILED, exit_code=3, reason=Reason.EXIT_CODE, result_data={"x": 1})
    Attempt.objects.update(log_complete=True)
    assert moving.archive(Due(datetime.now(UTC)), 10) == 1
    return job


def test_it_has_left_the_list(api: Api, archived: Job) -> None:
    listed = api.get("jobs/")
    assert [job["name"] for job in listed.body["results"]] == ["live"]
    assert listed.body["count"] == 1


def test_the_archive_is_listed_by_itself(api: Api, archived: Job) -> None:
    listed = api.get("jobs/?archived=true")
    assert listed.ids() == [archived.pk]
    assert (listed.body["count"], listed.body["count_kind"]) == (1, "exact")
    assert listed.body["results"][0]["archived_at"] is not None


@pytest.mark.parametrize(
    ("choose", "found"),
    [
        ("queue=gpu&tag=a&status=FAILED", True),
        ("name=OLD", True),
        ("exit_code=3&ordering=completed_at", True),
        ("q=old status:failed", True),
        ("queue=cpu", False),
        ("q=live", False),
    ],
)
def test_the_archive_is_filtered_and_searched(api: Api, archived: Job, choose: str, found: bool) -> None:
    assert api.get(f"jobs/?archived=true&{choose}").ids() == ([archived.pk] if found else [])


def test_a_cursor_of_the_archive_does_not_go_on_in_the_list(api: Api) -> None:
    for _ in range(3):
        factories.cancelled()
    moving.archive(Due(datetime.now(UTC)), 3)
    first = api.get("jobs/?archived=true&size=2").body
    assert len(api.get(f"jobs/?archived=true&size=2&cursor={first['next_cursor']}").ids()) == 1
    assert api.get(f"jobs/?size=2&cursor={first['next_cursor']}").status == 400


def test_archived_is_true_or_false(api: Api) -> None:
    assert list(api.get("jobs/?archived=yes").errors()) == ["archived"]


def test_it_is_shown_with_all_that_is_its_own(api: Api, archived: Job) -> None:
    shown = api.get(f"jobs/{archived.pk}/").body
    assert shown["archived_at"] is not None
    assert [entry["status_type"] for entry in shown["statuses"]] == ["PENDING", "RUNNING", "FAILED"]
    assert [attempt["exit_code"] for attempt in shown["attempts"]] == [3]
    assert shown["result_data"] == {"x": 1}
    assert set(shown["actions"]) == {"restore", "retry", "delete", "resubmit"}
    assert len(api.get(f"jobs/{archived.pk}/statuses/").body["results"]) == 3


def test_its_log_is_read(api: Api, archived: Job) -> None:
    assert api.get(f"jobs/{archived.pk}/logs/").body["text"] == "one\ntwo\n"
    assert api.get(f"jobs/{archived.pk}/logs/?tail=1").body["text"] == "two\n"
    assert api.get(f"jobs/{archived.pk}/logs/", Accept="text/plain").content == b"one\ntwo\n"


def test_it_is_exported(api: Api, archived: Job) -> None:
    exported = api.get("jobs/export/?archived=true&format=ndjson&columns=name,archived_at", Accept="*/*")
    assert b'"old"' in exported.content
    assert b'"live"' not in exported.content


def test_it_is_restored(api: Api, archived: Job) -> None:
    answer = api.post(f"jobs/{archived.pk}/restore/")
    assert (answer.status, answer.body["status"], answer.body["archived_at"]) == (200, "FAILED", None)
    assert api.get("jobs/?archived=true").ids() == []
    assert archived.pk in api.get("jobs/").ids()
    assert api.get(f"jobs/{archived.pk}/logs/").body["text"] == "one\ntwo\n"


def test_what_is_not_archived_cannot_be_restored(api: Api) -> None:
    job = factories.completed(owner=api.person)
    answer = api.post(f"jobs/{job.pk}/restore/")
    assert (answer.status, answer.body["current_status"]) == (409, "COMPLETED")
    assert api.post("jobs/4711/restore/").status == 404


def test_a_retry_restores_it_first(api: Api, archived: Job) -> None:
    answer = api.post(f"jobs/{archived.pk}/retry/")
    assert (answer.status, answer.body["status"], answer.body["attempt"]) == (200, "PENDING", 2)
    assert api.get("jobs/?archived=true").ids() == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "cancel/", None),
        ("PATCH", "", {"name": "new"}),
        ("PATCH", "", {"status_type": "COMPLETED"}),
    ],
)
def test_nothing_else_changes_it(api: Api, archived: Job, method: str, path: str, body: Any) -> None:
    answer = api.send(method, f"jobs/{archived.pk}/{path}", body, {})
    assert (answer.status, answer.body["title"]) == (409, "Archived")
    assert "restore" in answer.body["hint"]
    assert api.get(f"jobs/{archived.pk}/").body["name"] == "old"


def test_it_is_deleted_only_as_it_was_seen(api: Api, archived: Job) -> None:
    seen = api.get(f"jobs/{archived.pk}/").headers["ETag"]
    stale = f'W/"{archived.pk}-{archived.version}"'
    assert api.delete(f"jobs/{archived.pk}/", If_Match=stale).status == 412
    assert api.delete(f"jobs/{archived.pk}/", If_Match=seen).status == 204
    assert api.get(f"jobs/{archived.pk}/").status == 404


def test_who_may_not_act_on_it_may_not_restore_it(api: Api, archived: Job) -> None:
    api.person.role = Role.SUBMITTER
    api.person.save()
    other = factories.cancelled()
    moving.archive(Due(datetime.now(UTC)), 10)
    assert api.post(f"jobs/{other.pk}/restore/").status == 403
    assert api.post(f"jobs/{archived.pk}/restore/").status == 200

"""PATCH /api/jobs/{id}/: edits, while they still mean something."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.models import Job
from jobs.states import Status
from jobs.tests import factories

from .api import Api

EDITS: dict[str, Any] = {"name": "New", "description": "d", "priority": 9, "tags": ["a"]}


def values(job: Job) -> dict[str, Any]:
    return dict(Job.objects.filter(pk=job.pk).values().get())


def test_a_pending_job_is_edited(api: Api) -> None:
    job = factories.pending()

    answer = api.patch(f"jobs/{job.pk}/", EDITS)

    assert answer.status == 200
    assert {name: answer.body[name] for name in EDITS} == EDITS
    assert answer.body["version"] == job.version + 1
    assert answer.headers["ETag"] == f'W/"{job.pk}-{job.version + 1}"'
    assert answer.body["status_history_count"] == 1


def test_a_tracked_job_is_edited_until_it_ends(api: Api) -> None:
    job = factories.claimed()

    assert api.patch(f"jobs/{job.pk}/", {"name": "New"}).status == 200
    ended = factories.report(factories.tracked(), Status.COMPLETED)
    answer = api.patch(f"jobs/{ended.pk}/", {"name": "New"})
    assert (answer.status, answer.body["current_status"]) == (409, "COMPLETED")


@pytest.mark.parametrize("make", [factories.running, factories.completed, factories.cancelled])
def test_what_runs_or_has_ended_is_not_edited(api: Api, make: Any) -> None:
    job = make()
    before = values(job)

    answer = api.patch(f"jobs/{job.pk}/", EDITS)

    assert (answer.status, answer.body["current_status"]) == (409, job.status)
    assert answer.body["type"] == "urn:jobdeck:problem:not_editable"
    assert values(job) == before


def test_a_job_that_another_system_has_is_not_edited(api: Api) -> None:
    job = factories.dispatched()
    before = values(job)

    answer = api.patch(f"jobs/{job.pk}/", EDITS)

    assert (answer.status, answer.body["type"]) == (409, "urn:jobdeck:problem:not_editable")
    assert answer.body["detail"].startswith("Another system has this job")
    assert values(job) == before


@pytest.mark.parametrize("field", ["command", "environment", "queue", "timeout", "id", "status", "version"])
def test_other_fields_cannot_be_changed(api: Api, field: str) -> None:
    job = factories.pending()

    answer = api.patch(f"jobs/{job.pk}/", {"name": "New", field: "x"})

    assert (answer.status, list(answer.errors())) == (400, [field])
    assert values(job)["name"] == "A job"


@pytest.mark.parametrize(
    "body", [{}, [], {"name": ""}, {"priority": 11}, {"scheduled_at": "2036-01-01T00:00:00"}]
)
def test_bad_edits_change_nothing(api: Api, body: Any) -> None:
    job = factories.pending()
    before = values(job)

    assert api.patch(f"jobs/{job.pk}/", body).status == 400
    assert values(job) == before


def test_a_new_schedule_moves_the_job_in_the_queue(api: Api) -> None:
    job = factories.pending()
    later = datetime.now(UTC) + timedelta(days=1)

    api.patch(f"jobs/{job.pk}/", {"scheduled_at": later.isoformat()})
    assert api.get("jobs/queue/").ids() == []
    assert values(job)["available_at"] == values(job)["scheduled_at"] == later

    answer = api.patch(f"jobs/{job.pk}/", {"scheduled_at": None})
    assert answer.body["scheduled_at"] is None
    assert api.get("jobs/queue/").ids() == [job.pk]


def test_if_match_keeps_one_edit_from_undoing_another(api: Api) -> None:
    job = factories.pending()
    seen = api.get(f"jobs/{job.pk}/").headers["ETag"]
    assert api.patch(f"jobs/{job.pk}/", {"priority": 6}, If_Match=seen).status == 200

    answer = api.patch(f"jobs/{job.pk}/", {"priority": 7}, If_Match=seen)

    assert (answer.status, answer.body["type"]) == (412, "urn:jobdeck:problem:stale_version")
    assert values(job)["priority"] == 6
    assert api.patch(f"jobs/{job.pk}/", {"priority": 7}, If_Match=seen.removeprefix("W/")).status == 412
    assert api.patch(f"jobs/{job.pk}/", {"priority": 7}, If_Match="*").status == 200


@pytest.mark.parametrize(("tag", "status"), [
    ("", 400),
    ("7", 400), ('W/"x-1"', 400), ('"1-1", "2-1"', 400), ('W/"0-1"', 412), ('W/"{id}-9999999999"', 412),
])  # fmt: skip
def test_tags_that_are_not_this_jobs(api: Api, tag: str, status: int) -> None:
    job = factories.pending()

    answer = api.patch(f"jobs/{job.pk}/", {"priority": 6}, If_Match=tag.replace("{id}", str(job.pk)))

    assert answer.status == status
    assert values(job)["priority"] == 5


def test_an_edit_and_a_report_happen_together(api: Api) -> None:
    job = factories.tracked()

    answer = api.patch(
        f"jobs/{job.pk}/",
        {"name": "New", "status_type": "COMPLETED", "result_data": {"n": 1}},
        If_Match=f'W/"{job.pk}-1"',
    )

    assert answer.status == 200
    assert (answer.body["name"], answer.body["status"], answer.body["result_data"]) == (
        "New",
        "COMPLETED",
        {"n": 1},
    )


def test_an_edit_is_undone_when_the_report_with_it_is_refused(api: Api) -> None:
    job = factories.pending()

    assert api.patch(f"jobs/{job.pk}/", {"name": "New", "status_type": "RUNNING"}).status == 409
    assert values(job)["name"] == "A job"
